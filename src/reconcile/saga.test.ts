import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../store/sagemaker.ts';
import { runBackward, runForward, type Journal, type SagaStep } from './saga.ts';

interface World {
  readonly log: string[];
  readonly held: Set<string>;
}

function memoryJournal(): Journal {
  const entries = new Map<string, JournalEntry>();
  return { read: () => entries, write: (entry) => void entries.set(entry.step, entry) };
}

function step(name: string, fail?: 'run' | 'undo'): SagaStep<World> {
  return {
    name,
    run({ log, held }) {
      log.push(`run ${name}`);
      held.add(name);
      return fail === 'run' ? Promise.reject(new Error(`${name} cannot run`)) : Promise.resolve({ of: name });
    },
    undo({ log, held }) {
      log.push(`undo ${name}`);
      if (fail === 'undo') return Promise.reject(new Error(`${name} cannot be undone`));
      held.delete(name);
      return Promise.resolve();
    },
  };
}

const never = new AbortController().signal;
const signals = { shutdown: never, stop: never };
const world = (): World => ({ log: [], held: new Set() });
const names = ['a', 'b', 'c'];

describe('a saga', () => {
  it('runs its steps in order and keeps each result', async () => {
    const [journal, w] = [memoryJournal(), world()];
    await runForward(
      names.map((name) => step(name)),
      journal,
      w,
      signals,
    );
    expect(w.log).toEqual(['run a', 'run b', 'run c']);
    expect(journal.read().get('b')).toEqual({ step: 'b', state: 'done', result: { of: 'b' } });
  });

  it.each(names)('gives everything back when step %s fails, also what that step began', async (failing) => {
    const [journal, w] = [memoryJournal(), world()];
    const steps = names.map((name) => step(name, name === failing ? 'run' : undefined));
    await expect(runForward(steps, journal, w, signals)).rejects.toThrow(`${failing} cannot run`);
    await runBackward(steps, journal, w);
    expect([...w.held]).toEqual([]);
  });

  it.each(names)('continues after a crash that left only an intent of step %s', async (crashed) => {
    const [journal, w] = [memoryJournal(), world()];
    const steps = names.map((name) => step(name));
    for (const name of names.slice(0, names.indexOf(crashed))) journal.write({ step: name, state: 'done', result: null });
    journal.write({ step: crashed, state: 'intent', result: null });
    await runForward(steps, journal, w, signals);
    expect(w.log).toEqual(names.slice(names.indexOf(crashed)).map((name) => `run ${name}`));
  });

  it('runs again in each daemon the step that waits for what ends with a daemon', async () => {
    const [journal, w] = [memoryJournal(), world()];
    const steps: SagaStep<World>[] = [step('a'), { ...step('sockets'), runsInEachDaemon: true }, step('c')];
    for (const name of ['a', 'sockets']) journal.write({ step: name, state: 'done', result: null });
    await runForward(steps, journal, w, signals);
    expect(w.log).toEqual(['run sockets', 'run c']);
  });

  it('ends in order also when a new daemon finds it stopped', async () => {
    const [journal, w] = [memoryJournal(), world()];
    const steps: SagaStep<World>[] = [
      { ...step('sockets'), runsInEachDaemon: true },
      { ...step('orderly'), runsWhenStopped: true },
    ];
    journal.write({ step: 'sockets', state: 'done', result: null });
    await runForward(steps, journal, w, { shutdown: never, stop: AbortSignal.abort() });
    expect(w.log).toEqual(['run sockets', 'run orderly']);
  });

  it('can be taken back twice', async () => {
    const [journal, w] = [memoryJournal(), world()];
    const steps = names.map((name) => step(name));
    await runForward(steps, journal, w, signals);
    await runBackward(steps, journal, w);
    await runBackward(steps, journal, w);
    expect(w.log.filter((line) => line.startsWith('undo'))).toEqual(['undo c', 'undo b', 'undo a']);
  });

  it('takes back what it can when one step cannot be undone, and says which', async () => {
    const [journal, w] = [memoryJournal(), world()];
    const steps = [step('a'), step('b', 'undo'), step('c')];
    await runForward(steps, journal, w, signals);
    await expect(runBackward(steps, journal, w)).rejects.toThrow('b: Error: b cannot be undone');
    expect([...w.held]).toEqual(['b']);
    await runBackward([step('a'), step('b'), step('c')], journal, w);
    expect([...w.held]).toEqual([]);
  });

  it('that was asked to stop still runs the steps that end it in order', async () => {
    const [journal, w] = [memoryJournal(), world()];
    const stop = new AbortController();
    const steps: SagaStep<World>[] = [
      { name: 'a', run: () => Promise.resolve(stop.abort()) },
      { ...step('orderly'), runsWhenStopped: true },
      step('skipped'),
    ];
    await expect(runForward(steps, journal, w, { shutdown: never, stop: stop.signal })).rejects.toThrow('aborted');
    expect(w.log).toEqual(['run orderly']);
  });
});
