// measures: all of them, by name.
import { listDepth } from './list_depth.mjs';
import { rolls } from './rolls.mjs';
import { sign } from './sign.mjs';
import { size } from './size.mjs';
import { standIns } from './stand_ins.mjs';
import { startup } from './startup.mjs';
import { transport } from './transport.mjs';

export const measures = { transport, sign, rolls, size, startup, list_depth: listDepth, stand_ins: standIns };
