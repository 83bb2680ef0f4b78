// The inner loops of the solver, with vector instructions picked at run time.
//
// An ordinary build targets the oldest x86-64; these loops are bound by memory and gain most from wide loads.
// Every path fixes its own order of summation, so a machine always gives the same bits.
#pragma once

#include "tariffsim/core/types.hpp"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define TARIFFSIM_X86_DISPATCH 1
#include <immintrin.h>
#endif

namespace tariffsim::kernels {

/// One sector's sales over all pairs; matrices are N x N, column-major, exporters in rows.
struct SalesPass {
  Index regions;
  const double* border_shares;    ///< B: expenditure weights over 1 + t'
  const double* competitiveness;  ///< u: N, c^-theta by exporter
  const double* per_weight;       ///< v: N, X_n / s_n by importer
  double* border_sum;             ///< out: N, sum_i B_in u_i
  double* sales;                  ///< out: N, sum_n B_in v_n (to be multiplied by u_i)
};

/// border_sum_n = sum_i B_in u_i and sales_i = sum_n B_in v_n, reading B once.
inline void sales_pass_generic(const SalesPass& p) {
  const Index N = p.regions;
  const Eigen::Map<const Eigen::VectorXd> u(p.competitiveness, N);
  Eigen::Map<Eigen::VectorXd> y(p.sales, N);
  y.setZero();
  for (Index n = 0; n < N; ++n) {
    const Eigen::Map<const Eigen::VectorXd> b(p.border_shares + n * N, N);
    p.border_sum[n] = b.dot(u);
    y += p.per_weight[n] * b;
  }
}

/// y = M x for a column-major rows x cols matrix.
inline void multiply_generic(const double* m, Index rows, Index cols, const double* x, double* y) {
  const Eigen::Map<const Eigen::MatrixXd> matrix(m, rows, cols);
  Eigen::Map<Eigen::VectorXd>(y, rows).noalias() = matrix * Eigen::Map<const Eigen::VectorXd>(x, cols);
}

/// y = M' x for a column-major rows x cols matrix.
inline void multiply_transposed_generic(const double* m, Index rows, Index cols, const double* x, double* y) {
  const Eigen::Map<const Eigen::MatrixXd> matrix(m, rows, cols);
  Eigen::Map<Eigen::VectorXd>(y, cols).noalias() = matrix.transpose() * Eigen::Map<const Eigen::VectorXd>(x, rows);
}

#ifdef TARIFFSIM_X86_DISPATCH

namespace avx2 {

__attribute__((target("avx2,fma"))) inline double sum(__m256d v) {
  const __m128d half = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
  return _mm_cvtsd_f64(_mm_add_sd(half, _mm_unpackhi_pd(half, half)));
}

__attribute__((target("avx2,fma"))) inline double dot(const double* a, const double* b, Index n) {
  __m256d s0 = _mm256_setzero_pd(), s1 = _mm256_setzero_pd(), s2 = _mm256_setzero_pd(), s3 = _mm256_setzero_pd();
  Index i = 0;
  for (; i + 16 <= n; i += 16) {
    s0 = _mm256_fmadd_pd(_mm256_loadu_pd(a + i), _mm256_loadu_pd(b + i), s0);
    s1 = _mm256_fmadd_pd(_mm256_loadu_pd(a + i + 4), _mm256_loadu_pd(b + i + 4), s1);
    s2 = _mm256_fmadd_pd(_mm256_loadu_pd(a + i + 8), _mm256_loadu_pd(b + i + 8), s2);
    s3 = _mm256_fmadd_pd(_mm256_loadu_pd(a + i + 12), _mm256_loadu_pd(b + i + 12), s3);
  }
  for (; i + 4 <= n; i += 4) s0 = _mm256_fmadd_pd(_mm256_loadu_pd(a + i), _mm256_loadu_pd(b + i), s0);
  double total = sum(_mm256_add_pd(_mm256_add_pd(s0, s1), _mm256_add_pd(s2, s3)));
  for (; i < n; ++i) total += a[i] * b[i];
  return total;
}

// y += x a
__attribute__((target("avx2,fma"))) inline void add_scaled(double x, const double* a, Index n, double* y) {
  const __m256d factor = _mm256_set1_pd(x);
  Index i = 0;
  for (; i + 4 <= n; i += 4) {
    _mm256_storeu_pd(y + i, _mm256_fmadd_pd(factor, _mm256_loadu_pd(a + i), _mm256_loadu_pd(y + i)));
  }
  for (; i < n; ++i) y[i] += x * a[i];
}

__attribute__((target("avx2,fma"))) inline void sales_pass(const SalesPass& p) {
  const Index N = p.regions;
  for (Index i = 0; i < N; ++i) p.sales[i] = 0;
  for (Index n = 0; n < N; ++n) {
    const double* b = p.border_shares + n * N;
    p.border_sum[n] = dot(b, p.competitiveness, N);
    add_scaled(p.per_weight[n], b, N, p.sales);
  }
}

__attribute__((target("avx2,fma"))) inline void multiply(const double* m, Index rows, Index cols, const double* x,
                                                         double* y) {
  for (Index i = 0; i < rows; ++i) y[i] = 0;
  for (Index k = 0; k < cols; ++k) add_scaled(x[k], m + k * rows, rows, y);
}

__attribute__((target("avx2,fma"))) inline void multiply_transposed(const double* m, Index rows, Index cols,
                                                                    const double* x, double* y) {
  for (Index k = 0; k < cols; ++k) y[k] = dot(m + k * rows, x, rows);
}

inline bool available() {
  static const bool yes = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return yes;
}

}  // namespace avx2

inline void sales_pass(const SalesPass& p) { avx2::available() ? avx2::sales_pass(p) : sales_pass_generic(p); }

inline void multiply(const double* m, Index rows, Index cols, const double* x, double* y) {
  avx2::available() ? avx2::multiply(m, rows, cols, x, y) : multiply_generic(m, rows, cols, x, y);
}

inline void multiply_transposed(const double* m, Index rows, Index cols, const double* x, double* y) {
  avx2::available() ? avx2::multiply_transposed(m, rows, cols, x, y)
                    : multiply_transposed_generic(m, rows, cols, x, y);
}

#else

inline void sales_pass(const SalesPass& p) { sales_pass_generic(p); }
inline void multiply(const double* m, Index rows, Index cols, const double* x, double* y) {
  multiply_generic(m, rows, cols, x, y);
}
inline void multiply_transposed(const double* m, Index rows, Index cols, const double* x, double* y) {
  multiply_transposed_generic(m, rows, cols, x, y);
}

#endif

}  // namespace tariffsim::kernels
