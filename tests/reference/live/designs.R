# Replicates, calibrated weights, quantiles and lonely PSUs, computed with R's package survey.
# Rscript designs.R FOLDER_OF_DATA > numbers.csv ; one number a line: case, name, value.
suppressMessages(library(survey))
options(survey.lonely.psu = "fail")
folder <- commandArgs(TRUE)[1]
cat("case,name,value\n")

read <- function(name) {
  d <- read.csv(file.path(folder, paste0(name, ".csv")), stringsAsFactors = TRUE, check.names = FALSE)
  d
}
say <- function(case, name, values) {
  values <- as.vector(values)
  for (i in seq_along(values)) cat(sprintf("%s,%s.%d,%.17g\n", case, name, i, values[i]))
}
estimate <- function(case, result, design) {
  say(case, "estimate", coef(result))
  say(case, "cov", vcov(result))
  say(case, "df", degf(design))
}

api_strat <- read("apistrat"); api_clus1 <- read("apiclus1"); api_clus2 <- read("apiclus2")
designs <- list(
  strat = svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = api_strat),
  clus1 = svydesign(ids = ~dnum, weights = ~pw, fpc = ~fpc, data = api_clus1),
  clus2 = svydesign(ids = ~dnum + snum, fpc = ~fpc1 + fpc2, data = api_clus2),
  replaced = svydesign(ids = ~dnum, weights = ~pw, data = api_clus1)
)

# Replicate weights: made from a design, and read from columns; with domains and quantiles.
pairs <- read("twopsu")
columns <- function(stem) pairs[, paste0(stem, 1:8)]
replicated <- list(
  jk1 = as.svrepdesign(designs$clus1, type = "JK1"),
  jk1_mse = as.svrepdesign(designs$replaced, type = "JK1", mse = TRUE),
  jkn = as.svrepdesign(designs$strat, type = "JKn")
)
for (name in names(replicated)) {
  d <- replicated[[name]]
  estimate(paste0(name, ".mean"), svymean(~api00 + meals, d), d)
  estimate(paste0(name, ".total"), svytotal(~api00, d), d)
  estimate(paste0(name, ".share"), svymean(~stype, d), d)
  estimate(paste0(name, ".ratio"), svyratio(~api00, ~api99, d), d)
  part <- subset(d, comp.imp == "Yes")
  estimate(paste0(name, ".mean.Yes"), svymean(~api00, part), part)
  estimate(paste0(name, ".by"), svyby(~api00, ~sch.wide, d, svymean, covmat = TRUE), d)
}
read_in <- list(
  brr = svrepdesign(data = pairs, weights = ~w, repweights = columns("brr"), type = "BRR"),
  fay = svrepdesign(data = pairs, weights = ~w, repweights = columns("fay"), type = "Fay", rho = 0.3, mse = TRUE),
  other = svrepdesign(data = pairs, weights = ~w, repweights = columns("brr"), type = "other", scale = 0.2, rscales = c(1, 1, 2, 1, 1, 1, 0, 1))
)
for (name in names(read_in)) {
  d <- read_in[[name]]
  estimate(paste0(name, ".mean"), svymean(~x + y, d), d)
  estimate(paste0(name, ".by"), svyby(~y, ~grp, d, svymean, covmat = TRUE), d)
  q <- svyquantile(~x, d, c(0.25, 0.5), qrule = "school", interval.type = "quantile")[[1]]
  say(paste0(name, ".quantile"), "estimate", q[, 1]); say(paste0(name, ".quantile"), "se", q[, 4])
}

# Calibrated weights, linearised and replicated.
people <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
totals <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)
for (name in c("clus1", "clus2", "strat", "jk1", "jkn")) {
  d <- c(designs, replicated)[[name]]
  steps <- list(
    poststratified = postStratify(d, ~stype, people),
    raked = rake(d, list(~stype, ~sch.wide), list(people, wide), control = list(maxit = 1000, epsilon = 1e-12)),
    linear = calibrate(d, ~stype + api99, totals, epsilon = 1e-12),
    raking = calibrate(d, ~stype + api99, totals, calfun = "raking", epsilon = 1e-12, maxit = 500)
  )
  if (name == "clus2") steps$raked <- NULL # ten rounds are too few for R's residuals there
  for (step in names(steps)) {
    made <- steps[[step]]
    case <- paste(name, step, sep = ".")
    say(case, "weight", weights(made, "sampling")[1:20])
    say(case, "estimate", coef(svymean(~api00 + ell, made))); say(case, "cov", vcov(svymean(~api00 + ell, made)))
    part <- subset(made, comp.imp == "Yes")
    say(case, "domain", c(coef(svytotal(~api00, part)), SE(svytotal(~api00, part))))
  }
}

# Quantiles: every rule on unequal weights, Woodruff's intervals.
for (rule in c("math", "school", "shahvaish", paste0("hf", 1:9))) {
  for (domain in c("all", "Yes")) {
    d <- if (domain == "all") designs$strat else subset(designs$strat, comp.imp == "Yes")
    q <- svyquantile(~api00, d, c(0.2, 0.5, 0.8), qrule = rule)[[1]]
    say(paste("quantile", rule, domain, sep = "."), "estimate", q[, 1])
    say(paste("quantile", rule, domain, sep = "."), "limits", q[, 2:3])
  }
}

# Strata with one PSU.
alone <- read("lonely")
for (policy in c("remove", "certainty", "adjust", "average")) for (within in c(FALSE, TRUE)) {
  options(survey.lonely.psu = policy, survey.adjust.domain.lonely = within)
  d <- suppressWarnings(svydesign(ids = ~psu, strata = ~stratum, weights = ~w, fpc = ~nh, nest = TRUE, data = alone))
  case <- paste("lonely", policy, within, sep = ".")
  estimate(case, svymean(~y, d), d)
  part <- subset(d, grp == "a")
  estimate(paste0(case, ".a"), suppressWarnings(svymean(~y, part)), part)
}
