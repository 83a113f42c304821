import * as fs from 'node:fs';

/** Leaves in the model's folder what might lead the archiver astray, and says what it could not. */

const model = '/opt/ml/model';
const attempt = (work: () => void): string => {
  try {
    work();
    return 'OK';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
};

const made = {
  'a link to a file of the machine': attempt(() => fs.symlinkSync('/etc/shadow', `${model}/shadow`)),
  'a link to the folder above': attempt(() => fs.symlinkSync('../../../../..', `${model}/above`)),
  'a link to memory': attempt(() => fs.symlinkSync('/proc/self/environ', `${model}/environment`)),
  'a link to itself': attempt(() => fs.symlinkSync('loop', `${model}/loop`)),
  'a name of two lines': attempt(() => fs.writeFileSync(`${model}/two\nlines`, 'two')),
  'a name that is an option': attempt(() => fs.writeFileSync(`${model}/--checkpoint-action=exec=sh`, 'option')),
  'a file that nobody may read': attempt(() => fs.writeFileSync(`${model}/closed`, 'closed', { mode: 0 })),
  'a file for its own user': attempt(() => {
    fs.writeFileSync(`${model}/setuid`, 'x');
    fs.chmodSync(`${model}/setuid`, 0o4755);
  }),
  'two names of one file': attempt(() => fs.linkSync(`${model}/closed`, `${model}/also-closed`)),
  'a sparse file': attempt(() => {
    fs.writeFileSync(`${model}/sparse`, '');
    fs.truncateSync(`${model}/sparse`, 64 << 20);
  }),
};
process.stdout.write(`${JSON.stringify(made)}\n`);
