/* The function that follows a sum, on a vector of sums: RELU or AFTER, where there is one. Included by the steps below. */
#undef FINISH
#if defined(RELU)
/* NaN is not less than 0, and stays. */
#define FINISH(sums) ((sums) = (VEC)((IVEC)(sums) & ~((sums) < (VEC){0})))
#elif defined(AFTER)
#define FINISH(sums) \
  do { \
    UNROLL for (int lane = 0; lane < LANES; lane += 1)(sums)[lane] = AFTER((sums)[lane]); \
  } while (0)
#else
#define FINISH(sums) ((void)0)
#endif

#undef FINISHED
#if defined(RELU)
#define FINISHED(sum) maximum(sum, 0.0f)
#elif defined(AFTER)
#define FINISHED(sum) AFTER(sum)
#else
#define FINISHED(sum) (sum)
#endif
