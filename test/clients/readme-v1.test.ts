import { followsReadme } from './readme.ts';

followsReadme('v1');
