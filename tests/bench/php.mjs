// php: a real PHP-FPM that runs the stand-in, behind nginx.
import { readdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { startNginx } from '../integration/support/nginx.mjs';
import { shipped } from '../integration/support/place.mjs';
import { start, stop } from '../integration/support/processes.mjs';
import { isAccepting } from '../integration/support/responder.mjs';
import { until } from '../integration/support/waiting.mjs';

const CHILDREN = 4; // with more they wait for SQLite's one writer by sleeping

const program = () => readdirSync('/usr/sbin').find((name) => /^php-fpm[\d.]+$/.test(name));

const pool = ({ dir, socket }) => `[global]
daemonize = no
error_log = ${dir}/fpm.log
[bench]
user = ${userInfo().username}
listen = ${socket}
listen.mode = 0666
listen.backlog = 1024
pm = static
pm.max_children = ${CHILDREN}
php_admin_value[opcache.validate_timestamps] = 0
`;

const upstream = (socket) => `upstream php { server unix:${socket}; }\n`;

const location = (database) => `location /api/ {
  fastcgi_pass php;
  fastcgi_param SCRIPT_FILENAME ${shipped('tests/bench/stand_ins/index.php')};
  fastcgi_param DATABASE ${database};
  fastcgi_param REQUEST_METHOD $request_method;
  fastcgi_param REQUEST_URI $request_uri;
  fastcgi_param QUERY_STRING $query_string;
  fastcgi_param CONTENT_TYPE $content_type;
  fastcgi_param CONTENT_LENGTH $content_length;
  fastcgi_param SERVER_PROTOCOL $server_protocol;
}
`;

async function startFpm(world, dir, socket) {
  const file = path.join(dir, 'fpm.conf');
  writeFileSync(file, pool({ dir, socket }));
  const asRoot = process.getuid() === 0 ? ['-R'] : [];
  const fpm = start(program(), ['-y', file, '-F', ...asRoot]);
  world.keep({ stop: () => stop(fpm) });
  await until('PHP-FPM to accept', () => isAccepting(socket));
}

// The port of nginx in front of it.
export async function startPhp(world, database) {
  const dir = world.place();
  const socket = path.join(dir, 'fpm.sock');
  const install = () => {
    writeFileSync(path.join(dir, 'upstream.conf'), upstream(socket));
    writeFileSync(path.join(dir, 'location.conf'), location(database));
  };
  await startFpm(world, dir, socket);
  return world.keep(await startNginx({ dir, install })).port;
}
