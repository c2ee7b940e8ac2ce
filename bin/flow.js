#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { execute } from '@oclif/core';

// Photos lie beside the JavaScript heap but count towards its limit. Against a heap this small, every ten of them would have it searched for garbage.
setFlagsFromString('--heap-growing-percent=100');
await execute({ dir: import.meta.url });
