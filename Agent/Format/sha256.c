/*
 * SHA-256's compression function (FIPS 180-4, 6.2.2) by the processor's own instructions, of one message or of two at once. Two that take turns hide
 * each other's latency: on Zen 4 both together take hardly longer than one (measured). C, because .NET 10 does not offer these instructions; it is
 * linked into the program that is compiled ahead of time. Callers ask whether the processor has them: Sha256Native.cs.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __x86_64__

#include <immintrin.h>

#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))
#define INLINE static inline __attribute__((always_inline))

static const uint32_t rounds[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* The instructions want the words a, b, e, f in one register and c, d, g, h in the other. */
WITH_SHA INLINE void load(const uint32_t *state, __m128i *abef, __m128i *cdgh)
{
    __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
    __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
    *abef = _mm_alignr_epi8(badc, hgfe, 8);
    *cdgh = _mm_blend_epi16(hgfe, badc, 0xF0);
}

WITH_SHA INLINE void store(uint32_t *state, __m128i abef, __m128i cdgh)
{
    __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
    __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/* n is a constant wherever this is inlined. */
WITH_SHA INLINE void compress(int n, uint32_t *const state[], const uint8_t *block[], size_t blocks)
{
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i abef[2], cdgh[2];
    for (int i = 0; i < n; i++) load(state[i], &abef[i], &cdgh[i]);
    for (; blocks > 0; blocks--) {
        __m128i abef_before[2], cdgh_before[2], words[2][4];
        for (int i = 0; i < n; i++) {
            abef_before[i] = abef[i];
            cdgh_before[i] = cdgh[i];
            for (int w = 0; w < 4; w++) words[i][w] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block[i] + w), big_endian);
            block[i] += 64;
        }
#pragma GCC unroll 16
        for (int four = 0; four < 16; four++) {
            const __m128i constants = _mm_load_si128((const __m128i *)rounds + four);
            for (int i = 0; i < n; i++) {
                const __m128i sum = _mm_add_epi32(words[i][four % 4], constants);
                cdgh[i] = _mm_sha256rnds2_epu32(cdgh[i], abef[i], sum);
                abef[i] = _mm_sha256rnds2_epu32(abef[i], cdgh[i], _mm_shuffle_epi32(sum, 0x0E));
            }
            if (four < 12)
                for (int i = 0; i < n; i++) {
                    const __m128i last = words[i][(four + 3) % 4];
                    __m128i next = _mm_sha256msg1_epu32(words[i][four % 4], words[i][(four + 1) % 4]);
                    next = _mm_add_epi32(next, _mm_alignr_epi8(last, words[i][(four + 2) % 4], 4));
                    words[i][four % 4] = _mm_sha256msg2_epu32(next, last);
                }
        }
        for (int i = 0; i < n; i++) {
            abef[i] = _mm_add_epi32(abef[i], abef_before[i]);
            cdgh[i] = _mm_add_epi32(cdgh[i], cdgh_before[i]);
        }
    }
    for (int i = 0; i < n; i++) store(state[i], abef[i], cdgh[i]);
}

WITH_SHA void sealtail_sha256_one(uint32_t *state, const uint8_t *block, size_t blocks)
{
    compress(1, &state, &block, blocks);
}

WITH_SHA void sealtail_sha256_two(uint32_t *state0, const uint8_t *block0, uint32_t *state1, const uint8_t *block1, size_t blocks)
{
    uint32_t *const state[] = {state0, state1};
    const uint8_t *block[] = {block0, block1};
    compress(2, state, block, blocks);
}

/* Of a Merkle tree's node (RFC 6962, 2.1): 0x01 and the two hashes below it, 65 bytes in two blocks. */
#define NODE_BITS (65 * 8)

WITH_SHA INLINE void hash_nodes(int n, const uint8_t *pairs, uint8_t *hashes)
{
    uint8_t messages[2][128];
    uint32_t states[2][8];
    uint32_t *const state[] = {states[0], states[1]};
    const uint8_t *block[] = {messages[0], messages[1]};
    for (int i = 0; i < n; i++) {
        memset(messages[i] + 64, 0, 64);
        messages[i][0] = 0x01;
        memcpy(messages[i] + 1, pairs + i * 64, 64);
        messages[i][65] = 0x80;
        messages[i][126] = NODE_BITS >> 8;
        messages[i][127] = NODE_BITS & 0xff;
        memcpy(states[i], initial, sizeof initial);
    }
    compress(n, state, block, 2);
    for (int i = 0; i < n; i++)
        for (int w = 0; w < 8; w++) {
            const uint32_t word = __builtin_bswap32(states[i][w]);
            memcpy(hashes + i * 32 + w * 4, &word, 4);
        }
}

/* The hashes may take the place of the pairs. */
WITH_SHA void sealtail_sha256_nodes(const uint8_t *pairs, uint8_t *hashes, size_t count)
{
    for (; count >= 2; count -= 2, pairs += 128, hashes += 64) hash_nodes(2, pairs, hashes);
    if (count > 0) hash_nodes(1, pairs, hashes);
}

#else

/* Never called: on other processors Sha256Native.IsSupported is false. They are here to be linked. */
void sealtail_sha256_one(uint32_t *state, const uint8_t *block, size_t blocks)
{
    (void)state, (void)block, (void)blocks;
}

void sealtail_sha256_two(uint32_t *state0, const uint8_t *block0, uint32_t *state1, const uint8_t *block1, size_t blocks)
{
    (void)state0, (void)block0, (void)state1, (void)block1, (void)blocks;
}

void sealtail_sha256_nodes(const uint8_t *pairs, uint8_t *hashes, size_t count)
{
    (void)pairs, (void)hashes, (void)count;
}

#endif
