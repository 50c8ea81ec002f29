# Makes R's shares and their intervals for answers that `make.R` made: `Rscript make_shares.R` in this folder. Needs `survey`, `jsonlite`.
# A share is of those who answered 5 or 6; in the simple sample also of those who answered 1, which are few.

suppressMessages({library(survey); library(jsonlite)})
shares <- function(design) {
  # What svyciprop does, run to the end: it stops at a relative change of 1e-8, too early for shares near 0.
  p <- svyciprop(~chosen, design, method = "logit", df = degf(design))
  m <- svyglm(chosen ~ 1, design, family = quasibinomial, control = glm.control(epsilon = 1e-15, maxit = 100))
  ci <- plogis(as.numeric(coef(m)) + c(-1, 1) * qt(0.975, degf(design)) * as.numeric(SE(m)))
  stopifnot(isTRUE(all.equal(as.numeric(attr(p, "ci")), ci, tolerance = 1e-6)))
  list(mean = as.numeric(svymean(~chosen, design)), se = as.numeric(SE(svymean(~chosen, design))), ci_low = ci[[1]], ci_high = ci[[2]])
}
valid <- function(x) { x[!is.na(x) & x == -1] <- NA; x }
one <- read.csv("simple.csv"); N <- 950
simple <- function(key, points, N = NULL) {
  v <- valid(one[[key]]); d <- data.frame(chosen = as.numeric(v[!is.na(v)] %in% points)); d$N <- if (is.null(N)) NA else N
  shares(if (is.null(N)) svydesign(ids = ~1, weights = ~1, data = d) else svydesign(ids = ~1, fpc = ~N, data = d))
}
items <- paste0("q", 1:8)
two <- read.csv("strata.csv"); known <- fromJSON("strata.json")$populations
stratified <- function(key) {
  d <- data.frame(v = valid(two[[key]]), h = two$stratum); d <- d[!is.na(d$v), ]
  d$chosen <- as.numeric(d$v >= 5); d$N <- unlist(known)[d$h]
  shares(svydesign(ids = ~1, strata = ~h, fpc = ~N, data = d))
}
writeLines(toJSON(list(
  with_population = sapply(items, simple, points = 5:6, N = N, simplify = FALSE),
  without_population = sapply(items, simple, points = 5:6, simplify = FALSE),
  of_ones = sapply(items, simple, points = 1, N = N, simplify = FALSE),
  stratified = sapply(intersect(items, names(two)), stratified, simplify = FALSE)
), auto_unbox = TRUE, digits = I(16), pretty = 1), "shares.json")
