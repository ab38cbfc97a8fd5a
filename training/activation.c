/* Bias and PReLU of channels-last data, forwards and backwards, in float32 and bfloat16; sums are in float32 for 64
 * rows at a time and in double beyond. This file includes itself once for each type. */
#ifndef VALUE
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define ROWS_AT_A_TIME 64
typedef uint16_t bfloat16;
static inline float load_float32(float value) { return value; }
static inline float store_float32(float value) { return value; }
static inline float load_bfloat16(bfloat16 value) {
    uint32_t bits = (uint32_t)value << 16;
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}
static inline bfloat16 store_bfloat16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (bfloat16)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}
#define VALUE float
#define NAME(name) name##_float32
#include "activation.c"
#undef VALUE
#undef NAME
#define VALUE bfloat16
#define NAME(name) name##_bfloat16
#include "activation.c"
#else

void NAME(forward)(const VALUE *value, const float *bias, const float *slopes, VALUE *result, long rows, long channels) {
#pragma omp parallel for schedule(static)
    for (long row = 0; row < rows; row++) {
        const VALUE *restrict from = value + row * channels;
        VALUE *restrict to = result + row * channels;
        if (slopes) {
#pragma omp simd
            for (long c = 0; c < channels; c++) {
                float sum = NAME(load)(from[c]) + bias[c];
                to[c] = NAME(store)(sum > 0 ? sum : sum * slopes[c]);
            }
        } else {
#pragma omp simd
            for (long c = 0; c < channels; c++) to[c] = NAME(store)(NAME(load)(from[c]) + bias[c]);
        }
    }
}

/* sums[0][c] is the gradient of bias c, sums[1][c] that of slope c. */
void NAME(backward)(const VALUE *value, const VALUE *gradient, const float *bias, const float *slopes, VALUE *toValue,
                    double *sums, long rows, long channels) {
#pragma omp parallel
    {
        float *near = malloc(2 * channels * sizeof *near), *ofSlopes = near + channels;
        double *far = calloc(2 * channels, sizeof *far);
#pragma omp for schedule(static)
        for (long begin = 0; begin < rows; begin += ROWS_AT_A_TIME) {
            long end = begin + ROWS_AT_A_TIME < rows ? begin + ROWS_AT_A_TIME : rows;
            memset(near, 0, 2 * channels * sizeof *near);
            for (long row = begin; row < end; row++) {
                const VALUE *restrict from = value + row * channels, *restrict of = gradient + row * channels;
                VALUE *restrict to = toValue + row * channels;
                if (slopes) {
#pragma omp simd
                    for (long c = 0; c < channels; c++) {
                        float sum = NAME(load)(from[c]) + bias[c], above = NAME(load)(of[c]);
                        float below = sum > 0 ? above : above * slopes[c];
                        near[c] += below;
                        ofSlopes[c] += sum > 0 ? 0.f : above * sum;
                        to[c] = NAME(store)(below);
                    }
                } else {
#pragma omp simd
                    for (long c = 0; c < channels; c++) { near[c] += NAME(load)(of[c]); to[c] = of[c]; }
                }
            }
            for (long c = 0; c < 2 * channels; c++) far[c] += near[c];
        }
#pragma omp critical
        for (long c = 0; c < 2 * channels; c++) sums[c] += far[c];
        free(near);
        free(far);
    }
}
#endif
