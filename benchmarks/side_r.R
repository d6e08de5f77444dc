# R survey's side of the benchmarks; the columns are those that make_data.py --raw wrote.
arguments <- commandArgs(TRUE)
option <- function(name, otherwise) {
  at <- match(paste0("--", name), arguments)
  if (is.na(at)) otherwise else arguments[at + 1]
}
folder <- option("data", "."); op <- option("op", "a")
items <- sprintf("q%02d", seq_len(as.integer(option("items", "40")))); reps <- as.integer(option("reps", "1"))
suppressPackageStartupMessages(library(survey))
read <- function(name) {
  file <- file.path(folder, "raw", paste0(name, ".f8"))
  if (file.exists(file)) return(readBin(file, "double", file.size(file) / 8))
  file <- sub("f8$", "i4", file)
  values <- readBin(file, "integer", file.size(file) / 4)
  if (startsWith(name, "q")) values[values == -1L] <- NA_integer_
  values
}
always <- c("wave", "stratum", "psu", "w")
columns <- c(always, switch(op, design = character(0), a = "q01", f = c("sex", "agegrp", "region", "educ"), g = "income",
  d = c("year", "vote", "sex", "age", "educ", "urban", "income"), items))
frame <- as.data.frame(lapply(setNames(columns, columns), read))
make <- function() svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = frame)
if (op == "e") {
  weights <- do.call(cbind, lapply(sprintf("rw%02d", 1:80), read))
  sample <- svrepdesign(data = frame, weights = ~w, repweights = weights, type = "bootstrap",
    combined.weights = TRUE, scale = 1 / 80, rscales = rep(1, 80), mse = TRUE)
  rm(weights)
} else if (op != "design") sample <- make()
one_sided <- function(name) as.formula(paste0("~", name))
run <- function() switch(op,
  design = nrow(make()$variables),
  a = { found <- svyby(~q01, ~wave, sample, svymean, na.rm = TRUE); c(sum(coef(found)), sum(SE(found))) },
  b = {
    sums <- c(0, 0)
    for (item in items) {
      sample$variables$answer <- factor(sample$variables[[item]])
      found <- svyby(~answer, ~wave, sample, svymean, na.rm = TRUE, deff = TRUE)
      invisible(confint(found, df = degf(sample)))
      sums <- sums + c(sum(coef(found)), sum(unlist(SE(found))))
    }
    sums
  },
  c40 = sum(sapply(items, function(item)
    svychisq(as.formula(paste0("~", item, "+wave")), sample, statistic = "F")$statistic)),
  d = {
    fit <- svyglm(vote ~ I(year - 2017) + I(sex - 1) + age + educ + urban + log(income), sample, family = quasibinomial())
    c(sum(coef(fit)), sum(SE(fit)))
  },
  e = rowSums(sapply(items, function(item) {
    found <- svyby(one_sided(item), ~wave, sample, svymean, na.rm = TRUE)
    c(sum(coef(found)), sum(SE(found)))
  })),
  f = {
    people <- sum(frame$w); regions <- length(unique(frame$region)); spread <- (1:regions) + 10
    margin <- function(share) people * share / sum(share)
    totals <- list(data.frame(sex = 1:2, Freq = margin(c(.48, .52))),
      data.frame(agegrp = 1:6, Freq = margin(c(.18, .22, .2, .17, .13, .10))),
      data.frame(region = 1:regions, Freq = margin(spread)), data.frame(educ = 1:4, Freq = margin(c(.2, .3, .3, .2))))
    raked <- weights(rake(sample, list(~sex, ~agegrp, ~region, ~educ), totals, control = list(maxit = 200, epsilon = 1e-10)))
    sum(raked^2)
  },
  g = { found <- svyby(~income, ~wave, sample, svyquantile, quantiles = 0.5, ci = TRUE, vartype = "ci")
        c(sum(found[, 2]), sum(found[, 3]), sum(found[, 4])) })
seconds <- numeric(0)
for (at in seq_len(reps)) seconds <- c(seconds, system.time(found <- run())[["elapsed"]])
cat(sprintf('{"op": "%s", "seconds": %.5f, "first": %.5f, "over_data_mb": null, "checksum": [%s]}\n', op, median(seconds),
  seconds[1], paste(formatC(found, digits = 15, format = "g"), collapse = ", ")))
