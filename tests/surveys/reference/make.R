# Makes the data of this folder from a seed, and R's figures for them. Run in this folder: `Rscript make.R`.
# Needs R with `survey`, `psych` and `jsonlite`. The tests compare with the checked-in figures and need no R.
# In the CSV an empty field is missing and -1 is «don't know».

suppressMessages({library(survey); library(psych); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
write_figures <- function(figures, name)
  writeLines(toJSON(figures, auto_unbox = TRUE, digits = I(16), null = "null", na = "null", pretty = 1), name)
as_listed <- function(x) as.list(setNames(as.numeric(x), names(x)))

answers <- function(n, items, seed, missing = 0.06, dont_know = 0.05, shift = 0) {
  set.seed(seed)
  person <- rnorm(n)
  made <- sapply(seq_len(items), function(i) {
    x <- pmin(6, pmax(1, round(3.9 + 0.25 * (i %% 4) - 0.1 * i + shift + 0.8 * person + rnorm(n, sd = 1.1))))
    u <- runif(n)
    x[u < dont_know] <- -1
    x[u > 1 - missing] <- NA
    x
  })
  setNames(as.data.frame(made), paste0("q", seq_len(items)))
}
valid <- function(x) { x[!is.na(x) & x == -1] <- NA; x }
interval <- function(mean, se, df, level = 0.95) mean + c(-1, 1) * qt((1 + level) / 2, df) * se

# One column in a simple sample: by hand and by svymean, which must agree.
simple <- function(x, N = NULL, level = 0.95) {
  v <- x[!is.na(x)]; n <- length(v)
  d <- data.frame(v = v, N = if (is.null(N)) Inf else N)
  design <- if (is.null(N)) svydesign(ids = ~1, weights = ~1, data = d) else svydesign(ids = ~1, fpc = ~N, data = d)
  m <- svymean(~v, design); se <- as.numeric(SE(m)); df <- degf(design)
  ci <- confint(m, df = df, level = level)
  if (is.null(N)) stopifnot(isTRUE(all.equal(as.numeric(t.test(v, conf.level = level)$conf.int), as.numeric(ci))))
  list(n = n, mean = as.numeric(m), sd = sd(v), se = se, df = df, ci_low = ci[1], ci_high = ci[2])
}
item <- function(raw, N = NULL) {
  x <- valid(raw)
  c(simple(x, N), list(n_valid = sum(!is.na(x)), n_dont_know = sum(!is.na(raw) & raw == -1), n_missing = sum(is.na(raw)),
    counts = as.list(table(factor(x, 1:6))), share_top2 = mean(x >= 5, na.rm = TRUE), share_bottom2 = mean(x <= 2, na.rm = TRUE)))
}
scores <- function(d) { s <- rowMeans(d, na.rm = TRUE); s[is.nan(s)] <- NA; s }
raw_alpha <- function(d) { d <- na.omit(d); list(alpha = suppressWarnings(alpha(d, warnings = FALSE)$total$raw_alpha), n = nrow(d)) }

# 1. A simple sample of 950 people in five districts, one of them small; an earlier round and the country to compare with.
N <- 950
one <- answers(137, 8, seed = 20260101)
one$district <- sample(c("Nord", "Sentrum", "Sør", "Vest", "Øyene"), 137, replace = TRUE, prob = c(.3, .3, .2, .16, .04))
write.csv(one, "simple.csv", row.names = FALSE, na = "", quote = FALSE, fileEncoding = "UTF-8")
items <- paste0("q", 1:8)
areas <- list(a = paste0("q", 1:5), b = paste0("q", 6:8))
v1 <- as.data.frame(lapply(one[items], valid))
district_N <- list(Nord = 290, Sentrum = 280, `Sør` = 190)  # the other two are not known
country <- c(3.9, 4.0, 3.55, 3.1, 3.6, 3.8, 3.2, 3.0)
country_sd <- c(1.2, 1.3, 1.1, 1.25, 1.4, 1.15, 1.3, 1.2); country_n <- c(12000, 11800, 50, 26, 11000, 410, 9000, 33)
earlier <- answers(98, 8, seed = 20220101, shift = 0.15)
write.csv(earlier, "earlier.csv", row.names = FALSE, na = "", quote = FALSE, fileEncoding = "UTF-8")
welch <- function(a, b) {
  se <- sqrt(a$se^2 + b$se^2); df <- (a$se^2 + b$se^2)^2 / (a$se^4 / a$df + b$se^4 / b$df)
  t <- (a$mean - b$mean) / se
  ci <- interval(a$mean - b$mean, se, df)
  list(difference = a$mean - b$mean, se = se, df = df, t = t, p = 2 * pt(-abs(t), df), ci_low = ci[1], ci_high = ci[2])
}
against_earlier <- lapply(items, function(q) {
  x <- valid(one[[q]]); y <- valid(earlier[[q]]); r <- t.test(x, y)
  mine <- welch(simple(x), simple(y))
  stopifnot(isTRUE(all.equal(mine$p, r$p.value)), isTRUE(all.equal(mine$df, as.numeric(r$parameter))))
  list(difference = as.numeric(r$estimate[1] - r$estimate[2]), se = r$stderr, df = as.numeric(r$parameter), t = as.numeric(r$statistic),
    p = r$p.value, ci_low = r$conf.int[1], ci_high = r$conf.int[2])
})
against_mean <- lapply(seq_along(items), function(i) {
  r <- t.test(valid(one[[items[i]]]), mu = country[i])
  list(difference = as.numeric(r$estimate) - country[i], se = r$stderr, df = as.numeric(r$parameter), t = as.numeric(r$statistic),
    p = r$p.value, ci_low = r$conf.int[1] - country[i], ci_high = r$conf.int[2] - country[i])
})
with_fpc <- lapply(items, function(q) simple(valid(one[[q]]), N))
against_mean_fpc <- lapply(seq_along(items), function(i) {
  a <- with_fpc[[i]]; t <- (a$mean - country[i]) / a$se
  list(difference = a$mean - country[i], se = a$se, df = a$df, t = t, p = 2 * pt(-abs(t), a$df),
    ci_low = a$ci_low - country[i], ci_high = a$ci_high - country[i])
})
against_country <- lapply(seq_along(items), function(i)
  welch(with_fpc[[i]], list(mean = country[i], se = country_sd[i] / sqrt(country_n[i]), df = country_n[i] - 1)))
p_of <- function(list) sapply(list, function(x) x$p)
constant <- v1[areas$a]; constant$q9 <- 4
write_figures(list(
  population = N, populations = district_N, areas = areas,
  items = setNames(lapply(items, function(q) item(one[[q]], N)), items),
  items_without_population = setNames(lapply(items, function(q) item(one[[q]])), items),
  items_99 = setNames(lapply(items, function(q) simple(valid(one[[q]]), N, 0.99)), items),
  items_by_district = setNames(lapply(items, function(q) lapply(split(one[[q]], one$district), item)), items),
  items_by_district_with_N = setNames(lapply(items, function(q) lapply(names(district_N), function(g)
    item(one[one$district == g, q], district_N[[g]]))), items),
  area_figures = lapply(areas, function(a) c(simple(scores(v1[a]), N), raw_alpha(v1[a]))),
  area_by_district = lapply(areas, function(a) lapply(split(scores(v1[a]), one$district), simple)),
  alpha_without_constant = raw_alpha(constant),
  country = country, country_sd = country_sd, country_n = country_n,
  against_mean = against_mean, against_mean_fpc = against_mean_fpc, against_country = against_country, against_earlier = against_earlier,
  holm = p.adjust(p_of(against_country), "holm"), bh = p.adjust(p_of(against_country), "BH"),
  holm_mean = p.adjust(p_of(against_mean), "holm"), bh_mean = p.adjust(p_of(against_mean), "BH")
), "simple.json")

# 2. A stratified sample with unequal shares drawn, among them a stratum drawn whole and (in `lonely`) one with one answer.
strata_N <- c(Nord = 2400, Sentrum = 5200, `Sør` = 610, Vest = 18)
two <- answers(41 + 55 + 60 + 18, 6, seed = 20260202, missing = 0.09)
two$stratum <- rep(names(strata_N), c(41, 55, 60, 18))
two <- two[sample(nrow(two)), ]
write.csv(two, "strata.csv", row.names = FALSE, na = "", quote = FALSE, fileEncoding = "UTF-8")
v2 <- as.data.frame(lapply(two[paste0("q", 1:6)], valid)); v2$stratum <- two$stratum; v2$N <- strata_N[two$stratum]
v2$score <- scores(v2[paste0("q", 1:6)])
figures <- function(design, na.rm = FALSE, df = degf(design)) {
  m <- svymean(~v, design, na.rm = na.rm); se <- as.numeric(SE(m)); ci <- confint(m, df = df)
  sub <- subset(design, !is.na(v))
  list(n = sum(!is.na(design$variables$v) & is.finite(design$prob)), mean = as.numeric(m), sd = sqrt(as.numeric(svyvar(~v, sub, na.rm = TRUE))),
    se = se, df = df, ci_low = ci[1], ci_high = ci[2])
}
stratified <- function(d) figures(svydesign(ids = ~1, strata = ~stratum, fpc = ~N, data = d[!is.na(d$v), ]))
domain <- function(d) figures(svydesign(ids = ~1, strata = ~stratum, fpc = ~N, data = d), na.rm = TRUE)
columns <- c(paste0("q", 1:6), "score")
with_v <- function(d, q) { d$v <- d[[q]]; d }
options(survey.lonely.psu = "adjust")
keep <- v2$stratum != "Sør" | seq_len(nrow(v2)) == which(v2$stratum == "Sør" & !is.na(v2$q1) & !is.na(v2$q2))[1]
lonely <- v2[keep, ]
lonely_figures <- lapply(c(q1 = "q1", q2 = "q2"), function(q) stratified(with_v(lonely, q)))
lonely_domain <- lapply(c(q1 = "q1", q2 = "q2"), function(q) domain(with_v(lonely, q)))
options(survey.lonely.psu = "fail")
write_figures(list(
  populations = as_listed(strata_N),
  stratified = setNames(lapply(columns, function(q) stratified(with_v(v2, q))), columns),
  domain = setNames(lapply(columns, function(q) domain(with_v(v2, q))), columns),
  lonely_rows = which(keep) - 1, lonely = lonely_figures, lonely_domain = lonely_domain
), "strata.json")

# 3. Weights: age, gender and district out of step with the population; a simple and a stratified draw as their base.
three <- answers(230, 5, seed = 20260303)
three$age <- sample(c("18-29", "30-49", "50-66", "67+"), 230, replace = TRUE, prob = c(.1, .25, .35, .3))
three$gender <- sample(c("k", "m"), 230, replace = TRUE, prob = c(.6, .4))
three$district <- sample(c("Nord", "Sør", "Vest"), 230, replace = TRUE, prob = c(.5, .3, .2))
write.csv(three, "weights.csv", row.names = FALSE, na = "", quote = FALSE, fileEncoding = "UTF-8")
total <- 4800
age <- c("18-29" = 1010, "30-49" = 1540, "50-66" = 1250, "67+" = 1000); gender <- c(k = 2380, m = 2420)
district <- c(Nord = 2100, `Sør` = 1700, Vest = 1000)
crossed <- outer(age / total, gender); dimnames(crossed) <- list(names(age), names(gender))
v3 <- as.data.frame(lapply(three[paste0("q", 1:5)], valid)); v3$score <- scores(v3)
v3 <- cbind(v3, three[c("age", "gender", "district")]); v3$total <- total; v3$N <- district[v3$district]
v3$cell <- paste(v3$age, v3$gender)
margin <- function(x, name) setNames(data.frame(names(x), as.numeric(x)), c(name, "Freq"))
cell <- setNames(as.numeric(crossed), as.vector(outer(names(age), names(gender), paste)))
columns <- c(paste0("q", 1:5), "score")
of_design <- function(make) {
  weights_of <- weights(make(with_v(v3, "q1")))
  list(
    weights = weights_of, deff = length(weights_of) * sum(weights_of^2) / sum(weights_of)^2,
    means = setNames(lapply(columns, function(q) figures(make(with_v(v3, q)), na.rm = TRUE)), columns),
    women = { d <- make(with_v(v3, "q1")); figures(subset(d, gender == "k"), na.rm = TRUE, df = degf(d)) },
    shares = as.numeric(svymean(~factor(v, levels = 1:6), make(with_v(v3, "q1")), na.rm = TRUE)),
    share_top2_se = as.numeric(SE(svymean(~I(as.numeric(v >= 5)), make(with_v(v3, "q1")), na.rm = TRUE)))
  )
}
base_simple <- function(d) svydesign(ids = ~1, fpc = ~total, data = d)
base_unknown <- function(d) svydesign(ids = ~1, weights = ~1, data = d)
base_strata <- function(d) svydesign(ids = ~1, strata = ~district, fpc = ~N, data = d)
raked <- function(base, with_district = TRUE) function(d) {
  formulas <- list(~age, ~gender, ~district); pops <- list(margin(age, "age"), margin(gender, "gender"), margin(district, "district"))
  keep <- if (with_district) 1:3 else 1:2
  rake(base(d), formulas[keep], pops[keep], control = list(epsilon = 1e-9, maxit = 1000))
}
posted <- function(base) function(d) postStratify(base(d), ~cell, margin(cell, "cell"))
write_figures(list(
  population = total, age = as_listed(age), gender = as_listed(gender), district = as_listed(district), cell = as_listed(cell),
  unweighted = of_design(base_simple),
  post = of_design(posted(base_simple)), post_without_population = of_design(posted(base_unknown)), post_strata = of_design(posted(base_strata)),
  rake = of_design(raked(base_simple)), rake_without_population = of_design(raked(base_unknown)),
  rake_strata = of_design(raked(base_strata)), rake_two = of_design(raked(base_simple, FALSE))
), "weights.json")

# 4. The t distribution and corrections of p-values on their own.
dfs <- c(1, 1.5, 2, 3.7, 5, 10, 29, 99.3, 499, 9999, 123456.7)
write_figures(list(
  dfs = dfs, quantile_95 = qt(.975, dfs), quantile_99 = qt(.995, dfs), quantile_50 = qt(.75, dfs),
  ts = c(0, 1e-6, .3, 1, 1.96, 3.5, 8, 25), p = lapply(c(0, 1e-6, .3, 1, 1.96, 3.5, 8, 25), function(t) 2 * pt(-abs(t), dfs)),
  ps = c(.04, .001, .3, .3, .02, .0004, 1, .049), holm = p.adjust(c(.04, .001, .3, .3, .02, .0004, 1, .049), "holm"),
  bh = p.adjust(c(.04, .001, .3, .3, .02, .0004, 1, .049), "BH"),
  missing_ps = c(.04, NA, .01), holm_missing = p.adjust(c(.04, NA, .01), "holm"), bh_missing = p.adjust(c(.04, NA, .01), "BH")
), "distributions.json")

writeLines(c(R.version.string, paste("survey", packageVersion("survey")), paste("psych", packageVersion("psych"))), "versions.txt")
