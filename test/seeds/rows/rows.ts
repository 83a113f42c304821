import type { SeedRow } from '../seed.ts';
import { c1 } from './c01.ts';
import { c2 } from './c02.ts';
import { c3 } from './c03.ts';
import { c4 } from './c04.ts';
import { c5 } from './c05.ts';
import { c6 } from './c06.ts';
import { c7 } from './c07.ts';
import { c8 } from './c08.ts';
import { c9 } from './c09.ts';
import { c10 } from './c10.ts';
import { c11 } from './c11.ts';
import { c12 } from './c12.ts';
import { c13 } from './c13.ts';
import { c14 } from './c14.ts';
import { c15 } from './c15.ts';
import { c16 } from './c16.ts';
import { c17 } from './c17.ts';
import { c18 } from './c18.ts';
import { c19 } from './c19.ts';
import { c20 } from './c20.ts';
import { t1 } from './t01.ts';
import { t2 } from './t02.ts';
import { t3 } from './t03.ts';
import { t4 } from './t04.ts';
import { t5 } from './t05.ts';
import { t6 } from './t06.ts';
import { t7 } from './t07.ts';
import { t8 } from './t08.ts';
import { t9 } from './t09.ts';
import { t10 } from './t10.ts';
import { t11 } from './t11.ts';
import { t12 } from './t12.ts';
import { t13 } from './t13.ts';
import { t14 } from './t14.ts';
import { t15 } from './t15.ts';
import { t16 } from './t16.ts';
import { t17 } from './t17.ts';
import { t18 } from './t18.ts';
import { t19 } from './t19.ts';
import { t20 } from './t20.ts';
import { t21 } from './t21.ts';
import { t22 } from './t22.ts';
import { t23 } from './t23.ts';
import { t24 } from './t24.ts';
import { t25 } from './t25.ts';
import { t26 } from './t26.ts';
import { t27 } from './t27.ts';

/** The rows that are built. The one that waits longest begins first. */
export const rows: readonly SeedRow[] = [
  t14,
  c8,
  t1,
  t2,
  t5,
  t3,
  t4,
  t6,
  t7,
  t8,
  t9,
  t10,
  t11,
  t12,
  t13,
  t15,
  t16,
  t17,
  t18,
  t19,
  t20,
  t21,
  t22,
  t23,
  t24,
  t25,
  t26,
  t27,
  c1,
  c2,
  c3,
  c4,
  c5,
  c6,
  c7,
  c9,
  c10,
  c11,
  c12,
  c13,
  c14,
  c15,
  c16,
  c17,
  c18,
  c19,
  c20,
];
