# Trend tests worked out with R: survey, its replicate weights, multcomp, and textbook formulas by hand.
# Rscript trend.R FOLDER_OF_DATA > numbers.csv ; one number a line: case, name, value.
suppressMessages(library(survey))
suppressMessages(library(multcomp))
folder <- commandArgs(TRUE)[1]
cat("case,name,value\n")
say <- function(case, name, values) {
  values <- as.vector(values)
  for (i in seq_along(values)) cat(sprintf("%s,%s.%d,%.17g\n", case, name, i, values[i]))
}
d <- read.csv(file.path(folder, "trustwaves.csv"))
d$birth <- d$year - d$age
w <- svydesign(ids = ~psu, strata = ~stratum, weights = ~wt, nest = TRUE, data = d)
whole <- d[complete.cases(d[, c("index", "sat5", "age", "female", "edu", "region")]), ]
jk <- as.svrepdesign(svydesign(ids = ~psu, strata = ~stratum, weights = ~wt, nest = TRUE, data = whole),
                     type = "JKn", compress = FALSE, mse = FALSE)

# Changes: all pairs on the joint covariance, the single-step max-t of multcomp, two one-sided tests.
have <- subset(w, !is.na(trust))
by <- svyby(~trust, ~year, have, svymean, covmat = TRUE)
years <- as.numeric(names(coef(by)))
K <- contrMat(setNames(rep(1, 5), years), "Tukey")
joint <- glht(parm(coef(by), vcov(by), df = degf(w)), linfct = K)
set.seed(1)
tests <- summary(joint, test = adjusted("single-step", abseps = 1e-5, maxpts = 2e5))
say("pairs", "estimate", tests$test$coefficients)
say("pairs", "std_error", tests$test$sigma)
say("pairs", "maxt", tests$test$pvalues)
say("pairs", "quantile", attr(confint(joint, calpha = adjusted_calpha(abseps = 1e-5, maxpts = 2e5))$confint, "calpha"))
e <- tests$test$coefficients; s <- tests$test$sigma; n <- degf(w)
say("tost", "p", pmax(pt((e + 0.1) / s, n, lower.tail = FALSE), pt((e - 0.1) / s, n)))

# Lines through the waves: generalised least squares on the joint covariance, and the one bend that fits best.
gls <- function(X, y, V) {
  A <- solve(t(X) %*% solve(V, X)); b <- A %*% t(X) %*% solve(V, y)
  list(b = as.vector(b), V = A, rest = as.vector(t(y - X %*% b) %*% solve(V, y - X %*% b)))
}
byi <- svyby(~index, ~year, subset(w, !is.na(index)), svymean, covmat = TRUE)
y <- coef(byi); V <- vcov(byi)
line <- gls(cbind(1, years), y, V)
say("line", "slope", c(line$b[2], sqrt(line$V[2, 2])))
curve <- gls(cbind(1, years - 2014, (years - 2014)^2), y, V)
say("line", "curve", c(curve$b[3], sqrt(curve$V[3, 3])))
logs <- gls(cbind(1, years), log(y), V / outer(y, y))
say("line", "relative", c(logs$b[2], sqrt(logs$V[2, 2])))
bends <- lapply(years[2:4], function(at) gls(cbind(1, years - 2010, pmax(years - at, 0)), y, V))
best <- which.min(sapply(bends, function(f) f$rest))
say("bend", "year", years[1 + best])
say("bend", "change", c(bends[[best]]$b[3], sqrt(bends[[best]]$V[3, 3])))

# An interrupted series on respondents, with and without other variables.
both <- svyglm(index ~ year + I(as.numeric(year >= 2014)) + I(pmax(year - 2014, 0)), w)
say("break", "both", c(coef(both)[3:4], SE(both)[3:4]))
say("break", "df", both$df.residual)
held <- svyglm(index ~ year + I(as.numeric(year >= 2014)) + age + factor(edu), w)
say("break", "held", c(coef(held)[3], SE(held)[3]))

# Trends by domain.
inter <- svyglm(index ~ year * factor(region), w)
test <- regTermTest(inter, ~ year:factor(region))
say("parallel", "wald", c(test$Ftest, test$p))
ratio <- regTermTest(inter, ~ year:factor(region), method = "LRT")
say("parallel", "lrt", c(ratio$chisq, sort(ratio$lambda)))
say("parallel", "p", ratio$p)

# Why it changed, by replicate weights: any formula, one variance.
replicated <- function(case, f) {
  r <- withReplicates(jk, f)
  say(case, "estimate", coef(r)); say(case, "std_error", SE(r))
}
ends <- function(w, data) list(a = data$year == 2010, b = data$year == 2018)
replicated("oaxaca", function(w, data) {
  k <- ends(w, data); data$w <- w; vars <- c("age", "female")
  fit <- lapply(k, function(i) lm(index ~ age + female, data[i, ], weights = w))
  mid <- lapply(k, function(i) sapply(data[i, vars], weighted.mean, w = w[i]))
  explained <- sum((mid$b - mid$a) * (coef(fit$a)[-1] + coef(fit$b)[-1]) / 2)
  total <- weighted.mean(data$index[k$b], w[k$b]) - weighted.mean(data$index[k$a], w[k$a])
  c(total, explained, total - explained)
})
replicated("kitagawa", function(w, data) {
  k <- ends(w, data)
  size <- lapply(k, function(i) prop.table(tapply(w[i], data$region[i], sum)))
  rate <- lapply(k, function(i) tapply(w[i] * data$index[i], data$region[i], sum) / tapply(w[i], data$region[i], sum))
  composition <- sum((size$b - size$a) * (rate$a + rate$b) / 2)
  c(composition, sum((rate$b - rate$a) * (size$a + size$b) / 2))
})
replicated("cohort", function(w, data) {
  data$w <- w; k <- ends(w, data)
  b <- coef(lm(index ~ year + birth, data, weights = w))
  moved <- weighted.mean(data$birth[k$b], w[k$b]) - weighted.mean(data$birth[k$a], w[k$a])
  total <- weighted.mean(data$index[k$b], w[k$b]) - weighted.mean(data$index[k$a], w[k$a])
  c(total, b["year"] * 8, b["birth"] * moved, total - b["year"] * 8 - b["birth"] * moved)
})
replicated("standardised", function(w, data) {
  size <- sapply(years, function(y) prop.table(tapply(w[data$year == y], data$edu[data$year == y], sum)))
  fixed <- rowMeans(size)
  sapply(years, function(y) {
    i <- data$year == y
    sum(fixed * tapply(w[i] * data$index[i], data$edu[i], sum) / tapply(w[i], data$edu[i], sum))
  })
})
replicated("superiority", function(w, data) {
  k <- lapply(ends(w, data), function(i) i & !is.na(data$sat5))
  p <- lapply(k, function(i) prop.table(tapply(w[i], factor(data$sat5[i], 1:5), sum, default = 0)))
  sum(outer(p$a, p$b) * outer(1:5, 1:5, function(x, y) (y > x) + (y == x) / 2))
})
replicated("distance", function(w, data) {
  k <- lapply(ends(w, data), function(i) i & !is.na(data$sat5))
  p <- lapply(k, function(i) prop.table(tapply(w[i], factor(data$sat5[i], 1:5), sum, default = 0)))
  sum(abs(cumsum(p$b - p$a)))
})

# What a design can see, and posteriors, by integrals.
seen <- function(df) uniroot(function(x) {
  q <- qt(0.975, df); 1 - pt(q, df, x) + pt(-q, df, x) - 0.8
}, c(0.5, 20), tol = 1e-12)$root
say("power", "factor", sapply(c(3, 12, 60), seen))
falls <- function(p, n, q, m) integrate(function(x)
  dbeta(x, 0.5 + n * p, 0.5 + n * (1 - p)) * pbeta(x, 0.5 + m * q, 0.5 + m * (1 - q)), 0, 1, rel.tol = 1e-10)$value
say("posterior", "decline", c(falls(0.45, 800, 0.40, 800), falls(0.10, 200, 0.12, 350)))

# Simple random samples.
a <- d$index[d$year == 2010]; b <- d$index[d$year == 2018]
welch <- t.test(b, a)
say("simple", "welch", c(welch$statistic, welch$parameter, welch$p.value, welch$conf.int))
say("simple", "mwu", wilcox.test(b, a, correct = TRUE, exact = FALSE)$p.value)
