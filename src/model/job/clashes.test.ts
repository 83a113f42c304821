import { expect, it } from 'vitest';
import { clashNotice } from './clashes.ts';

it('names what several instances left, and says nothing of what one did', () => {
  expect(clashNotice('model', [])).toBeUndefined();
  expect(clashNotice('model', ['a', 'b'])).toBe("Several instances left a, b in /opt/ml/model: of files with one name the first instance's is kept.");
  expect(clashNotice('model', ['1', '2', '3', '4', '5', '6', '7'])).toContain('left 1, 2, 3, 4, 5 and 2 more in');
});
