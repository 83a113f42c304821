import { expect, it } from 'vitest';
import { scriptArguments, scriptEnvironment } from './script-environment.ts';

it("gives a script what AWS's toolkit gives it", () => {
  const environment = scriptEnvironment({
    hyperparameters: { 'batch-size': '8', epochs: '3' },
    resources: { current_host: 'algo-2', hosts: ['algo-1', 'algo-2'], current_instance_type: 'ml.m5.large' },
    channels: ['training', 'code'],
    script: 'train.mjs',
    gpus: 0,
    cpus: 2,
  });
  expect(environment).toEqual({
    SM_MODEL_DIR: '/opt/ml/model',
    SM_INPUT_DIR: '/opt/ml/input',
    SM_INPUT_CONFIG_DIR: '/opt/ml/input/config',
    SM_OUTPUT_DIR: '/opt/ml/output',
    SM_OUTPUT_DATA_DIR: '/opt/ml/output/data',
    SM_MODULE_DIR: '/opt/ml/input/data/code',
    SM_USER_ENTRY_POINT: 'train.mjs',
    SM_CHANNELS: '["code","training"]',
    SM_CHANNEL_CODE: '/opt/ml/input/data/code',
    SM_CHANNEL_TRAINING: '/opt/ml/input/data/training',
    SM_HOSTS: '["algo-1","algo-2"]',
    SM_CURRENT_HOST: 'algo-2',
    SM_CURRENT_INSTANCE_TYPE: 'ml.m5.large',
    SM_NUM_GPUS: '0',
    SM_NUM_CPUS: '2',
    SM_HPS: '{"batch-size":"8","epochs":"3"}',
    'SM_HP_BATCH-SIZE': '8',
    SM_HP_EPOCHS: '3',
    SM_USER_ARGS: '["--batch-size","8","--epochs","3"]',
  });
});

it('makes arguments of hyperparameters, in order of their names', () => {
  expect(scriptArguments({ lr: '0.1', k: '5' })).toEqual(['-k', '5', '--lr', '0.1']);
});
