# Models and tests of many designs, computed with R's package survey and written as reference cases.
# Rscript models.R FOLDER_OF_DATA FOLDER_OF_CASES ; needs jsonlite. The format is that of ../ORIGIN.md.
suppressMessages({ library(survey); library(jsonlite); library(splines); library(survival) })
options(warn = -1)
folder <- commandArgs(TRUE)[1]; out <- commandArgs(TRUE)[2]
schema <- fromJSON(file.path(folder, "schema.json"), simplifyVector = FALSE)
for (name in names(schema)) {
  types <- sapply(schema[[name]]$columns, `[[`, "type")
  classes <- ifelse(types %in% c("integer", "double"), "numeric", "character")
  d <- read.csv(file.path(folder, paste0(name, ".csv")), colClasses = unname(classes), check.names = FALSE, na.strings = "")
  for (column in names(types)[types %in% c("factor", "ordered")])
    d[[column]] <- factor(d[[column]], unlist(schema[[name]]$columns[[column]]$levels), ordered = types[column] == "ordered")
  assign(name, d, envir = globalenv())
}

# Designs in neutral words, and the R that makes them.
spec <- function(ids = list(), strata = list(), weights = NULL, fpc = list(), is = "population_size", nest = FALSE,
                 lonely = "fail", pps = NULL, replicates = NULL, calibration = NULL)
  list(kind = if (is.null(replicates)) "taylor" else "replicate", ids = as.list(ids), strata = as.list(strata), weights = weights,
       fpc = as.list(fpc), fpc_is = if (length(fpc)) is else NULL, nest = nest, lonely_psu = lonely, domain_lonely = FALSE, pps = pps,
       pps_variance = NULL, replicates = replicates, calibration = calibration, domain = NULL)
made <- function(type, mse) list(from_design = TRUE, type = type, mse = mse)
given <- function(type, prefix, count, rho = NULL, mse = FALSE)
  list(from_design = FALSE, type = type, columns = as.list(paste0(prefix, 1:count)), combined_weights = TRUE, mse = mse, rho = rho,
       scale = NULL, rscales = NULL)
by_type <- list(kind = "post_stratify", variables = list("stype"), totals = list(E = 4421, H = 755, M = 1018))
margins <- list(kind = "rake", margins = list(stype = by_type$totals, "sch.wide" = list(No = 1072, Yes = 5122)), tolerance = 1e-12)
totals <- c("(Intercept)" = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)
greg <- list(kind = "calibrate", formula = "~stype + api99", totals = as.list(totals), calfun = "linear", bounds = NULL)
post <- function(d) postStratify(d, ~stype, data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018)))
raked <- function(d) rake(d, list(~stype, ~sch.wide), list(data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018)),
  data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))), control = list(maxit = 1000, epsilon = 1e-12))
clus1 <- svydesign(ids = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
clus1n <- svydesign(ids = ~dnum, weights = ~pw, data = apiclus1)
lonely_psu <- function(how, ...) { options(survey.lonely.psu = how); svydesign(ids = ~psu, strata = ~stratum, weights = ~w, nest = TRUE, data = lonely, ...) }
repeated <- function(data, type, prefix, count, ...) svrepdesign(data = data, weights = data[[if (prefix == "bw") "pw" else "w"]],
  repweights = data[paste0(prefix, 1:count)], type = type, combined.weights = TRUE, ...)
designs <- list(
  strat = list("apistrat", spec(strata = "stype", weights = "pw", fpc = "fpc"), svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)),
  clus1 = list("apiclus1", spec("dnum", weights = "pw", fpc = "fpc"), clus1),
  clus2 = list("apiclus2", spec(c("dnum", "snum"), fpc = c("fpc1", "fpc2")), svydesign(ids = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)),
  srs = list("apisrs", spec(weights = "pw", fpc = "fpc"), svydesign(ids = ~1, weights = ~pw, fpc = ~fpc, data = apisrs)),
  nhanes = list("nhanes", spec("SDMVPSU", "SDMVSTRA", "WTMEC2YR", nest = TRUE), svydesign(ids = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)),
  waves = list("trustwaves", spec("psu", "stratum", "wt", nest = TRUE), svydesign(ids = ~psu, strata = ~stratum, weights = ~wt, nest = TRUE, data = trustwaves)),
  post = list("apiclus1", spec("dnum", weights = "pw", fpc = "fpc", calibration = list(by_type)), post(clus1)),
  raked = list("apiclus1", spec("dnum", weights = "pw", fpc = "fpc", calibration = list(margins)), raked(clus1)),
  greg = list("apiclus1", spec("dnum", weights = "pw", fpc = "fpc", calibration = list(greg)), calibrate(clus1, ~stype + api99, totals, epsilon = 1e-11)),
  jk1 = list("apiclus1", spec("dnum", weights = "pw", replicates = made("JK1", FALSE)), as.svrepdesign(clus1n, type = "JK1", mse = FALSE)),
  jk1post = list("apiclus1", spec("dnum", weights = "pw", replicates = made("JK1", FALSE), calibration = list(by_type)), post(as.svrepdesign(clus1n, type = "JK1", mse = FALSE))),
  brr = list("twopsu", spec(weights = "w", replicates = given("BRR", "brr", 8)), repeated(twopsu, "BRR", "brr", 8)),
  fay = list("twopsu", spec(weights = "w", replicates = given("Fay", "fay", 8, 0.3, TRUE)), repeated(twopsu, "Fay", "fay", 8, rho = 0.3, mse = TRUE)),
  boot = list("apistrat_boot", spec(weights = "pw", replicates = given("bootstrap", "bw", 60)), repeated(apistrat_boot, "bootstrap", "bw", 60)),
  adjust = list("lonely", spec("psu", "stratum", "w", fpc = "nh", nest = TRUE, lonely = "adjust"), lonely_psu("adjust", fpc = ~nh)),
  average = list("lonely", spec("psu", "stratum", "w", nest = TRUE, lonely = "average"), lonely_psu("average")),
  brewer = list("election_pps", spec(fpc = "p", is = "inclusion_probability", pps = "brewer"), svydesign(ids = ~1, fpc = ~p, pps = "brewer", data = election_pps)),
  joint = list(c("election_pps", "election_jointprob"), spec(fpc = "p", is = "inclusion_probability", pps = "ppsmat(as.matrix(election_jointprob))"), svydesign(ids = ~1, fpc = ~p, pps = ppsmat(as.matrix(election_jointprob)), data = election_pps)),
  trial = list("pbc", spec("psu", weights = "rw"), svydesign(ids = ~psu, weights = ~rw, data = pbc)))

cases <- list()
plain <- function(x) lapply(unname(as.vector(x)), function(v) if (is.numeric(v) && !is.finite(v)) as.character(v) else v)
one <- function(x) plain(x)[[1]]
rows <- function(m) lapply(seq_len(nrow(as.matrix(m))), function(i) plain(as.matrix(m)[i, ]))
case <- function(id, design, estimator, args, tol, found, domain = NULL) {
  described <- designs[[design]][[2]]
  if (!is.null(domain)) described$domain <- domain
  options(survey.lonely.psu = described$lonely_psu)
  d <- designs[[design]][[3]]
  if (!is.null(domain)) d <- eval(bquote(subset(d, .(parse(text = domain)[[1]]))))
  assign("des", d, envir = globalenv())
  cases[[length(cases) + 1]] <<- list(id = paste0("live.", id), family = "live", data = as.list(designs[[design]][[1]]), design = described,
    estimator = estimator, args = args, tol = tol, expect = found(), r_call = "models.R")
}
kind_of <- function(name, link) if (name == "gaussian" && is.null(link)) gaussian() else do.call(name, if (is.null(link)) list() else list(link = link))
control <- list(epsilon = 1e-15, maxit = 200)
# A limit of 1e-15 also loosens the check for aliased columns, so linear models keep the usual one.
fitted_by <- function(formula, name, link = NULL) if (name == "gaussian" && is.null(link))
  eval(bquote(svyglm(.(as.formula(formula)), des)), globalenv()) else eval(bquote(svyglm(.(as.formula(formula)), des, family = kind_of(.(name), .(link)), control = control)), globalenv())
glm_case <- function(design, formula, name = "gaussian", link = NULL, domain = NULL, offset = NULL)
  case(paste("glm", design, name, link, formula, domain), design, "glm", c(list(formula = formula, family = name), link = link, offset = offset), 1e-7, function() {
    m <- fitted_by(formula, name, link); b <- coef(m); b <- b[!is.na(b)]; se <- sqrt(diag(vcov(m))); t <- b / se; df <- m$df.residual
    list(estimate = plain(b), se = plain(se), statistic = plain(t), p_value = plain(2 * pt(-abs(t), df)), df_residual = df,
         n_used = sum(m$prior.weights > 0), vcov = rows(vcov(m)), ci_t = rows(cbind(b - qt(.975, df) * se, b + qt(.975, df) * se)))
  }, domain)
for (f in c("api00 ~ meals + I(meals^2)", "log(enroll) ~ stype + api99", "I(api00/10) ~ log(enroll) + sqrt(mobility)", "api00 ~ relevel(stype, ref = \"M\") + ell",
            "api00 ~ stype + ell - 1", "api00 ~ 0 + stype:ell", "enroll ~ stype * sch.wide", "api00 ~ I(meals > 50) + I(stype == \"H\")", "api00 ~ poly(meals, 2)",
            "api00 ~ bs(meals, df = 4)", "api00 ~ scale(meals)", "api00 ~ ell + offset(0.9 * api99)", "I(enroll * 1e6) ~ I(api99 * 1e5) + I(meals * 1e-6)"))
  for (d in c("strat", "srs")) glm_case(d, f)
for (f in c("index ~ factor(year) + age", "index ~ trust4_o + age", "index ~ urban * female * yr0", "index ~ (urban + female + edu_f)^2", "index ~ edu_f/age",
            "index ~ wave_f + yr0 + urban", "index ~ year + I(year^2)", "as.numeric(sat5_o) ~ yr0 + urban")) glm_case("waves", f)
for (d in c("clus1", "post", "raked", "greg", "jk1", "jk1post")) {
  glm_case(d, "api00 ~ ell + meals + stype"); glm_case(d, "api00 ~ ell + meals", domain = 'comp.imp == "Yes"')
  glm_case(d, "sw1 ~ ell + meals", "quasibinomial"); glm_case(d, "api.stu ~ meals + offset(log(enroll))", "quasipoisson")
}
for (d in c("brr", "fay", "adjust", "average")) { glm_case(d, "y ~ x + grp"); glm_case(d, "b ~ y + x", "quasibinomial") }
for (d in c("brewer", "joint")) { glm_case(d, "Bush ~ Kerry + votes"); glm_case(d, "Bush ~ Kerry", domain = "votes > 20000"); glm_case(d, "Nader ~ log(votes)", "quasipoisson") }
glm_case("boot", "enroll ~ meals", domain = "sw1 == 1"); glm_case("boot", "ci1 ~ ell + stype", "quasibinomial"); glm_case("clus2", "sw1 ~ meals + ell", "quasibinomial")
for (link in c("probit", "cloglog", "cauchit")) glm_case("strat", "sw1 ~ ell + meals", "quasibinomial", link)
for (link in c("log", "identity")) glm_case("nhanes", "HI_CHOL ~ male", "quasibinomial", link)
glm_case("nhanes", "sex_f ~ race_f", "quasibinomial"); glm_case("nhanes", "HI_CHOL ~ race_f + agecat", "quasibinomial", domain = "male == 1 & agenum >= 2")
glm_case("waves", "trust ~ year + age + I(age^2)", "quasibinomial"); glm_case("waves", "used ~ agegrp * urban", "quasibinomial", "cloglog", "female == 1")
for (link in c("log", "identity")) { glm_case("strat", "enroll ~ stype", "Gamma", link); glm_case("strat", "mobility ~ ell + stype", "quasipoisson", link) }
glm_case("strat", "enroll ~ stype", "Gamma"); glm_case("strat", "enroll ~ stype + meals", "inverse.gaussian", "log"); glm_case("strat", "enroll ~ stype + meals", "gaussian", "log")
glm_case("trial", "log(bili) ~ albumin + stage_f"); glm_case("trial", "dead ~ log(bili) + age + sexf", "quasibinomial")

term_case <- function(design, formula, terms, name, method, domain = NULL, dfs = "residual", approximation = NULL)
  case(paste("term", design, formula, terms, method, dfs, approximation, domain), design, "term_test", list(formula = formula, family = name, terms = terms, method = method,
    df = dfs, approximation = approximation), if (method == "Wald") 1e-7 else 1e-5, function() {
    assign("m", fitted_by(formula, name), envir = globalenv())
    r <- do.call(regTermTest, c(list(m, as.formula(terms), method = method), if (dfs == "Inf") list(df = Inf), if (!is.null(approximation)) list(lrt.approximation = approximation)))
    if (method == "Wald") list(statistic = one(if (dfs == "Inf") r$chisq else r$Ftest), df = r$df, ddf = if (dfs == "Inf") NULL else r$ddf, p_value = one(r$p))
    else list(statistic_scaled = one(r$chisq / mean(r$lambda)), scale_factors = plain(r$lambda / mean(r$lambda)), df = length(r$lambda),
              ddf = if (dfs == "Inf") NULL else r$ddf, p_value = one(r$p))
  }, domain)
for (method in c("Wald", "LRT", "WorkingWald")) {
  term_case("clus2", "api00 ~ ell + stype", "~stype", "gaussian", method); term_case("waves", "used ~ wave_f + urban + age", "~wave_f", "quasibinomial", method)
  term_case("clus1", "mobility ~ ell + stype", "~stype", "quasipoisson", method); term_case("waves", "index ~ yr0 * region_f", "~yr0:region_f", "gaussian", method, "index >= 0")
  term_case("nhanes", "HI_CHOL ~ race_f + agecat", "~race_f", "quasibinomial", method, "male == 1 & agenum >= 2 & HI_CHOL >= 0")
  term_case("clus1", "sw1 ~ ell + stype", "~stype", "quasibinomial", method, dfs = "Inf"); term_case("jk1", "api00 ~ ell + stype", "~stype", "gaussian", method)
}
term_case("strat", "sw1 ~ ell + stype", "~stype", "quasibinomial", "LRT", approximation = "satterthwaite")
for (scale in c("link", "response")) for (d in c("clus1", "raked", "jk1"))
  case(paste("predict", d, scale), d, "predict", list(formula = "sw1 ~ stype + ell", family = "quasibinomial", newdata = list(stype = list("E", "H", "M"), ell = list(10, 20, 30)), scale = scale),
    1e-7, function() { p <- predict(fitted_by("sw1 ~ stype + ell", "quasibinomial"), data.frame(stype = c("E", "H", "M"), ell = c(10, 20, 30)), type = scale)
      list(estimate = plain(coef(p)), se = plain(sqrt(if (inherits(p, "svrepstat")) attr(p, "var") else SE(p)^2))) })
margin_case <- function(design, formula, group, name, domain = NULL) case(paste("margin", design, formula, group), design, "predictive_margins",
  list(adjust_formula = formula, group = group, family = name), 1e-6, function() { r <- svypredmeans(fitted_by(formula, name), as.formula(paste0("~", group)))
    list(estimate = plain(coef(r)), se = plain(SE(r)), vcov = rows(vcov(r))) }, domain)
margin_case("clus1", "api00 ~ ell + meals", "stype", "gaussian"); margin_case("clus2", "sw1 ~ ell", "stype", "quasibinomial"); margin_case("waves", "visits ~ age", "edu_f", "quasipoisson")
margin_case("raked", "api00 ~ ell", "comp.imp", "gaussian"); margin_case("waves", "index ~ age", "urban", "gaussian", "index >= 0")
ordinal_case <- function(design, formula, link = "logistic", domain = NULL) case(paste("ordinal", design, link, formula, domain), design, "ordinal", list(formula = formula, link = link), 1e-5,
  function() { m <- eval(bquote(svyolr(.(as.formula(formula)), des, method = .(link), control = list(reltol = 1e-15, maxit = 1000))), globalenv())
    list(coefficients = plain(m$coefficients), thresholds = plain(m$zeta), se = plain(sqrt(diag(vcov(m)))), df_residual = m$df.residual) }, domain)
for (link in c("logistic", "probit", "cloglog")) ordinal_case("waves", "trust4_o ~ edu_f + female", link)
ordinal_case("waves", "sat5_o ~ yr0 * urban"); ordinal_case("waves", "sat5_o ~ urban + edu_f", domain = 'region_f == "A"'); ordinal_case("post", "ordered(stype) ~ sch.wide")
cox_case <- function(formula, domain = NULL) case(paste("cox", formula, domain), "trial", "coxph", list(formula = formula, ties = "efron"), 1e-6, function() {
  m <- eval(bquote(svycoxph(.(as.formula(formula)), des)), globalenv()); list(estimate = plain(coef(m)), se = plain(sqrt(diag(vcov(m)))), vcov = rows(vcov(m))) }, domain)
cox_case("Surv(time, dead) ~ stage_f + trt"); cox_case("Surv(time, dead) ~ log(protime) + I(age^2)"); cox_case("Surv(time, dead) ~ age * trt", 'sexf == "f"')

table_case <- function(design, r, c, domain = NULL) for (s in c("F", "Chisq", "Wald", "adjWald", "saddlepoint"))
  case(paste("table", design, r, c, s, domain), design, "chisq_test", list(rows = r, columns = c, statistic = s), if (s == "saddlepoint") 1e-6 else 1e-8, function() {
    x <- svychisq(as.formula(paste0("~", r, "+", c)), des, statistic = s)
    c(list(statistic = one(x$statistic), df = if (s == "saddlepoint") NULL else plain(x$parameter), p_value = one(x$p.value)),
      if (s == "F") list(observed_scaled_to_n = rows(x$observed), expected = rows(x$expected))) }, domain)
table_case("clus2", "comp.imp", "stype"); table_case("waves", "sat5_o", "urban", "female == 1"); table_case("raked", "comp.imp", "awards"); table_case("jk1", "comp.imp", "stype")
table_case("boot", "awards", "stype"); table_case("nhanes", "race_f", "sex_f", "agenum >= 2")
t_case <- function(design, formula, domain = NULL) case(paste("t", design, formula, domain), design, "t_test", list(formula = formula), 1e-8, function() {
  r <- eval(bquote(svyttest(.(as.formula(formula)), des)), globalenv())
  list(statistic = one(r$statistic), df = plain(r$parameter), p_value = one(r$p.value), estimate = plain(r$estimate), conf_int = plain(r$conf.int)) }, domain)
for (d in c("clus1", "raked", "jk1")) { t_case(d, "api00 ~ comp.imp"); t_case(d, "I(api00 - 640) ~ 0"); t_case(d, "I(api00 - api99) ~ 0") }
t_case("strat", "log(enroll) ~ awards"); t_case("clus2", "I(avg.ed - 2.75) ~ 0"); t_case("brr", "y ~ b"); t_case("waves", "age ~ wave_f", "wave == 1 | wave == 5"); t_case("clus1", "api00 ~ I(meals > 50)")
rank_case <- function(design, formula, domain = NULL) for (t in c("wilcoxon", "vanderWaerden", "median")) case(paste("rank", design, formula, t, domain), design, "rank_test",
  list(formula = formula, test = t), 1e-8, function() { r <- svyranktest(as.formula(formula), des, test = t)
    if (is.null(r$estimate)) list(statistic = one(r$parameter), df = plain(r$statistic), ddf = one(r$ddf), p_value = one(r$p.value))
    else list(statistic = one(r$statistic), df = plain(r$parameter), p_value = one(r$p.value), estimate = one(r$estimate)) }, domain)
rank_case("waves", "sat5 ~ urban"); rank_case("srs", "api00 ~ stype"); rank_case("waves", "index ~ edu_f", "urban == 1 & index >= 0"); rank_case("raked", "api00 ~ comp.imp"); rank_case("jk1", "ell ~ comp.imp")
fit_case <- function(design, item, p) case(paste("fit", design, item), design, "goodness_of_fit", list(variable = item, probabilities = as.list(p)), 1e-8, function() {
  r <- svygofchisq(as.formula(paste0("~", item)), p = p, des); list(statistic = one(r$statistic), scale = one(r$parameter[1]), df = one(r$parameter[2]), p_value = one(r$p.value)) })
fit_case("strat", "awards", c(.4, .6)); fit_case("clus2", "stype", c(.7, .12, .18)); fit_case("jk1", "comp.imp", c(.3, .7)); fit_case("post", "sch.wide", c(.2, .8))
for (f in c("~edu_f+region_f", "~urban+edu")) case(paste("loglinear", f), "waves", "loglinear", list(formula = f), 1e-6, function() {
  m <- svyloglin(as.formula(f), des); list(estimate = plain(coef(m)), se = plain(SE(m)), deviance = one(deviance(m))) })
write(toJSON(list(family = "live", cases = cases), auto_unbox = TRUE, digits = 15, null = "null", na = "string"), file.path(out, "live.json"))
