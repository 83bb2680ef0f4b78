// The inner loops of the solver, with vector instructions picked at run time.
//
// An ordinary build targets the oldest x86-64; these loops are bound by memory and gain most from wide loads.
// Every path fixes its own order of summation, so a machine always gives the same bits.
#pragma once

#include "tariffsim/core/types.hpp"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define TARIFFSIM_X86_DISPATCH 1
#include <immintrin.h>
#ifdef __GLIBC__
// The C library's vector exponential and logarithm (libmvec, linked with libm).
#define TARIFFSIM_VECTOR_MATH 1
extern "C" {
__attribute__((target("avx2"))) __m256d _ZGVdN4v_exp(__m256d) noexcept;
__attribute__((target("avx2"))) __m256d _ZGVdN4v_log(__m256d) noexcept;
}
#endif
#endif

namespace tariffsim::kernels {

/// One sector's sales over all pairs.
struct SalesPass {
  Index regions;
  const double* const* border_shares;  ///< B: N columns by importer, expenditure weights over 1 + t' by exporter
  const double* competitiveness;       ///< u: N, c^-theta by exporter
  const double* per_weight;            ///< v: N, X_n / s_n by importer
  double* border_sum;                  ///< out: N, sum_i B_in u_i
  double* sales;                       ///< out: N, sum_n B_in v_n (to be multiplied by u_i)
};

/// border_sum_n = sum_i B_in u_i and sales_i = sum_n B_in v_n, reading B once.
inline void sales_pass_generic(const SalesPass& p) {
  const Index N = p.regions;
  const Eigen::Map<const Eigen::VectorXd> u(p.competitiveness, N);
  Eigen::Map<Eigen::VectorXd> y(p.sales, N);
  y.setZero();
  for (Index n = 0; n < N; ++n) {
    const Eigen::Map<const Eigen::VectorXd> b(p.border_shares[n], N);
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

/// y_n = a_n' x for `count` columns a_n of equal length.
inline void column_products_generic(const double* const* columns, Index count, Index rows, const double* x, double* y) {
  const Eigen::Map<const Eigen::VectorXd> factor(x, rows);
  for (Index n = 0; n < count; ++n) y[n] = Eigen::Map<const Eigen::VectorXd>(columns[n], rows).dot(factor);
}

#ifdef TARIFFSIM_X86_DISPATCH

namespace avx2 {

#define TARIFFSIM_AVX2 __attribute__((target("avx2,fma")))

// Loads what is left of a column, zeros beyond it.
TARIFFSIM_AVX2 inline __m256i tail_mask(Index left) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(left), _mm256_setr_epi64x(0, 1, 2, 3));
}

// {sum a, sum b, sum c, sum d}
TARIFFSIM_AVX2 inline __m256d sums(__m256d a, __m256d b, __m256d c, __m256d d) {
  const __m256d ab = _mm256_hadd_pd(a, b), cd = _mm256_hadd_pd(c, d);
  return _mm256_add_pd(_mm256_permute2f128_pd(ab, cd, 0x20), _mm256_permute2f128_pd(ab, cd, 0x31));
}

// Four columns.
struct Four {
  const double *m, *m1, *m2, *m3;
};
inline Four four_of(const double* const* columns) { return {columns[0], columns[1], columns[2], columns[3]}; }
inline Four four_of(const double* m, Index stride) { return {m, m + stride, m + 2 * stride, m + 3 * stride}; }

// Four columns of length `rows` times x: four dot products with one pass over x.
TARIFFSIM_AVX2 inline __m256d dot4(const Four& columns, Index rows, const double* x) {
  const auto [m, m1, m2, m3] = columns;
  __m256d s0 = _mm256_setzero_pd(), s1 = s0, s2 = s0, s3 = s0;
  Index i = 0;
  for (; i + 4 <= rows; i += 4) {
    const __m256d v = _mm256_loadu_pd(x + i);
    s0 = _mm256_fmadd_pd(_mm256_loadu_pd(m + i), v, s0);
    s1 = _mm256_fmadd_pd(_mm256_loadu_pd(m1 + i), v, s1);
    s2 = _mm256_fmadd_pd(_mm256_loadu_pd(m2 + i), v, s2);
    s3 = _mm256_fmadd_pd(_mm256_loadu_pd(m3 + i), v, s3);
  }
  if (i < rows) {
    const __m256i mask = tail_mask(rows - i);
    const __m256d v = _mm256_maskload_pd(x + i, mask);
    s0 = _mm256_fmadd_pd(_mm256_maskload_pd(m + i, mask), v, s0);
    s1 = _mm256_fmadd_pd(_mm256_maskload_pd(m1 + i, mask), v, s1);
    s2 = _mm256_fmadd_pd(_mm256_maskload_pd(m2 + i, mask), v, s2);
    s3 = _mm256_fmadd_pd(_mm256_maskload_pd(m3 + i, mask), v, s3);
  }
  return sums(s0, s1, s2, s3);
}

TARIFFSIM_AVX2 inline double dot(const double* a, const double* b, Index n) {
  __m256d s = _mm256_setzero_pd();
  Index i = 0;
  for (; i + 4 <= n; i += 4) s = _mm256_fmadd_pd(_mm256_loadu_pd(a + i), _mm256_loadu_pd(b + i), s);
  if (i < n) {
    const __m256i mask = tail_mask(n - i);
    s = _mm256_fmadd_pd(_mm256_maskload_pd(a + i, mask), _mm256_maskload_pd(b + i, mask), s);
  }
  return _mm256_cvtsd_f64(sums(s, s, s, s));
}

// y += x_0 m_0 + ... + x_3 m_3 for four columns, one pass over y.
TARIFFSIM_AVX2 inline void add4(const Four& columns, Index rows, const double* x, double* y) {
  const auto [m, m1, m2, m3] = columns;
  const __m256d x0 = _mm256_set1_pd(x[0]), x1 = _mm256_set1_pd(x[1]), x2 = _mm256_set1_pd(x[2]),
                x3 = _mm256_set1_pd(x[3]);
  Index i = 0;
  for (; i + 4 <= rows; i += 4) {
    __m256d v = _mm256_loadu_pd(y + i);
    v = _mm256_fmadd_pd(x0, _mm256_loadu_pd(m + i), v);
    v = _mm256_fmadd_pd(x1, _mm256_loadu_pd(m1 + i), v);
    v = _mm256_fmadd_pd(x2, _mm256_loadu_pd(m2 + i), v);
    _mm256_storeu_pd(y + i, _mm256_fmadd_pd(x3, _mm256_loadu_pd(m3 + i), v));
  }
  for (; i < rows; ++i) y[i] += x[0] * m[i] + x[1] * m1[i] + x[2] * m2[i] + x[3] * m3[i];
}

// y += x m for one column.
TARIFFSIM_AVX2 inline void add1(const double* m, Index rows, double x, double* y) {
  const __m256d factor = _mm256_set1_pd(x);
  Index i = 0;
  for (; i + 4 <= rows; i += 4) {
    _mm256_storeu_pd(y + i, _mm256_fmadd_pd(factor, _mm256_loadu_pd(m + i), _mm256_loadu_pd(y + i)));
  }
  for (; i < rows; ++i) y[i] += x * m[i];
}

TARIFFSIM_AVX2 inline void sales_pass(const SalesPass& p) {
  const Index N = p.regions;
  for (Index i = 0; i < N; ++i) p.sales[i] = 0;
  Index n = 0;
  for (; n + 4 <= N; n += 4) {
    const Four b = four_of(p.border_shares + n);
    _mm256_storeu_pd(p.border_sum + n, dot4(b, N, p.competitiveness));
    add4(b, N, p.per_weight + n, p.sales);
  }
  for (; n < N; ++n) {
    const double* b = p.border_shares[n];
    p.border_sum[n] = dot(b, p.competitiveness, N);
    add1(b, N, p.per_weight[n], p.sales);
  }
}

TARIFFSIM_AVX2 inline void multiply(const double* m, Index rows, Index cols, const double* x, double* y) {
  for (Index i = 0; i < rows; ++i) y[i] = 0;
  Index k = 0;
  for (; k + 4 <= cols; k += 4) add4(four_of(m + k * rows, rows), rows, x + k, y);
  for (; k < cols; ++k) add1(m + k * rows, rows, x[k], y);
}

TARIFFSIM_AVX2 inline void multiply_transposed(const double* m, Index rows, Index cols, const double* x, double* y) {
  Index k = 0;
  for (; k + 4 <= cols; k += 4) _mm256_storeu_pd(y + k, dot4(four_of(m + k * rows, rows), rows, x));
  for (; k < cols; ++k) y[k] = dot(m + k * rows, x, rows);
}

TARIFFSIM_AVX2 inline void column_products(const double* const* columns, Index count, Index rows, const double* x,
                                           double* y) {
  Index n = 0;
  for (; n + 4 <= count; n += 4) _mm256_storeu_pd(y + n, dot4(four_of(columns + n), rows, x));
  for (; n < count; ++n) y[n] = dot(columns[n], x, rows);
}

#ifdef TARIFFSIM_VECTOR_MATH
TARIFFSIM_AVX2 inline void exp(double* x, Index size) {
  Index i = 0;
  for (; i + 4 <= size; i += 4) _mm256_storeu_pd(x + i, _ZGVdN4v_exp(_mm256_loadu_pd(x + i)));
  if (i < size) {
    const __m256i mask = tail_mask(size - i);
    _mm256_maskstore_pd(x + i, mask, _ZGVdN4v_exp(_mm256_maskload_pd(x + i, mask)));
  }
}

// Arguments above zero; what lies beyond the end is read as one.
TARIFFSIM_AVX2 inline void log(double* x, Index size) {
  Index i = 0;
  for (; i + 4 <= size; i += 4) _mm256_storeu_pd(x + i, _ZGVdN4v_log(_mm256_loadu_pd(x + i)));
  if (i < size) {
    const __m256i mask = tail_mask(size - i);
    const __m256d left =
        _mm256_blendv_pd(_mm256_set1_pd(1.0), _mm256_maskload_pd(x + i, mask), _mm256_castsi256_pd(mask));
    _mm256_maskstore_pd(x + i, mask, _ZGVdN4v_log(left));
  }
}
#endif

#undef TARIFFSIM_AVX2

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
  avx2::available() ? avx2::multiply_transposed(m, rows, cols, x, y) : multiply_transposed_generic(m, rows, cols, x, y);
}

inline void column_products(const double* const* columns, Index count, Index rows, const double* x, double* y) {
  avx2::available() ? avx2::column_products(columns, count, rows, x, y)
                    : column_products_generic(columns, count, rows, x, y);
}

#else

inline void sales_pass(const SalesPass& p) { sales_pass_generic(p); }
inline void multiply(const double* m, Index rows, Index cols, const double* x, double* y) {
  multiply_generic(m, rows, cols, x, y);
}
inline void multiply_transposed(const double* m, Index rows, Index cols, const double* x, double* y) {
  multiply_transposed_generic(m, rows, cols, x, y);
}
inline void column_products(const double* const* columns, Index count, Index rows, const double* x, double* y) {
  column_products_generic(columns, count, rows, x, y);
}

#endif

/// x = exp(x), element by element.
inline void exp(double* x, Index size) {
#ifdef TARIFFSIM_VECTOR_MATH
  if (avx2::available()) return avx2::exp(x, size);
#endif
  Eigen::Map<Vector> values(x, size);
  values = values.exp();
}

/// x = log(x), element by element; x > 0.
inline void log(double* x, Index size) {
#ifdef TARIFFSIM_VECTOR_MATH
  if (avx2::available()) return avx2::log(x, size);
#endif
  Eigen::Map<Vector> values(x, size);
  values = values.log();
}

}  // namespace tariffsim::kernels
