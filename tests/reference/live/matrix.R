# A matrix of designs, statistics and domains, computed with R's package survey.
# Rscript matrix.R FOLDER_OF_DATA > numbers.csv ; one number a line: case, name, value.
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
waves <- read("trustwaves")
waves$wave_f <- factor(waves$year)
designs <- list(
  strat = svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = api_strat),
  clus1 = svydesign(ids = ~dnum, weights = ~pw, fpc = ~fpc, data = api_clus1),
  clus2 = svydesign(ids = ~dnum + snum, fpc = ~fpc1 + fpc2, data = api_clus2),
  replaced = svydesign(ids = ~dnum, weights = ~pw, data = api_clus1)
)
for (name in names(designs)) {
  d <- designs[[name]]
  estimate(paste0(name, ".mean"), svymean(~api00 + meals, d), d)
  estimate(paste0(name, ".total"), svytotal(~api00, d), d)
  estimate(paste0(name, ".share"), svymean(~stype, d), d)
  estimate(paste0(name, ".ratio"), svyratio(~api00, ~api99, d), d)
  for (level in c("Yes", "No")) {
    part <- subset(d, comp.imp == level)
    estimate(paste0(name, ".mean.", level), svymean(~api00, part), part)
    estimate(paste0(name, ".ratio.", level), svyratio(~api00, ~api99, part), part)
  }
  by <- svyby(~api00, ~sch.wide, d, svymean, covmat = TRUE)
  estimate(paste0(name, ".by"), by, d)
  fit <- svyglm(api00 ~ ell + meals, d)
  say(paste0(name, ".glm"), "estimate", coef(fit)); say(paste0(name, ".glm"), "cov", vcov(fit))
  logit <- svyglm(I(sch.wide == "Yes") ~ ell + meals, d, family = quasibinomial(), control = list(epsilon = 1e-13, maxit = 50))
  say(paste0(name, ".logit"), "estimate", coef(logit)); say(paste0(name, ".logit"), "cov", vcov(logit))
}
w <- svydesign(ids = ~psu, strata = ~stratum, weights = ~wt, nest = TRUE, data = waves)
answered <- subset(w, !is.na(trust)) # svyby of older releases fails with na.rm and covmat together
by <- svyby(~trust, ~year, answered, svymean, covmat = TRUE)
say("waves.by", "estimate", coef(by)); say("waves.by", "cov", vcov(by)); say("waves.by", "df", degf(w))
fit <- svyglm(trust ~ year, w)
say("waves.slope", "estimate", coef(fit)[2]); say("waves.slope", "cov", vcov(fit)[2, 2]); say("waves.slope", "df", fit$df.residual)
test <- svychisq(~sat5 + year, w, statistic = "F")
say("waves.chisq", "estimate", test$statistic); say("waves.chisq", "p", test$p.value)
