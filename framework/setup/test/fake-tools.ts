/** Stand-ins for python3, npm and c++, so that the setup can be tested without a network and without a compiler. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `hang`: the download never ends. `refuse`: pip fails. `empty`: the wheel holds no library. */
export type Trouble = 'hang' | 'refuse' | 'empty' | 'syntax';

const script = `#!/bin/sh
tool=$(/usr/bin/basename "$0")
after() { wanted=$1; shift; while [ $# -gt 1 ]; do [ "$1" = "$wanted" ] && echo "$2"; shift; done; }
write() { /bin/mkdir -p "$(/usr/bin/dirname "$1")"; printf '%s' "$2" > "$1"; }
for word in "$@"; do last=$word; [ "$word" = --version ] && exit 0; done
case $tool in
  c++)
    [ "$FAKE_TROUBLE" = syntax ] && { echo 'binding.cc:1: error: no such thing' >&2; exit 1; }
    write "$(after -o "$@")" 'an addon' ;;
  npm) write "$(after --pack-destination "$@")/package.tgz" "$last" ;;
  python3)
    if [ "$1" = -m ]; then
      [ "$FAKE_TROUBLE" = hang ] && exec /bin/sleep 60
      [ "$FAKE_TROUBLE" = refuse ] && { echo 'ERROR: No matching distribution found' >&2; exit 1; }
      write "$(after --dest "$@")/package.whl" "$last"
      exit 0
    fi
    read -r name < "$3" || :
    case $name in
      tensorflow*)
        write "$4/tensorflow/include/tensorflow/c/c_api.h" ''
        [ "$FAKE_TROUBLE" = empty ] && exit 0
        write "$4/tensorflow/libtensorflow_cc.so.2" 'a library'
        write "$4/tensorflow/libtensorflow_framework.so.2" 'a library' ;;
      node-api-headers*) write "$4/package/include/node_api.h" '' ;;
      *)
        write "$4/package/binding/tfjs_binding.cc" '#include "tfjs_backend.h" #undef EXPORT_INT_PROPERTY'
        write "$4/package/dist/nodejs_kernel_backend.js" "var util_1 = require(\\"util\\"); var messages = require('./proto/api_pb');"
        write "$4/package/dist/register_all_kernels.js" ''
        write "$4/package/dist/int64_tensors.js" ''
        write "$4/package/dist/kernels/TopK.js" 'var util_1 = require("util");'
        write "$4/package/dist/kernels/Add_test.js" '' ;;
    esac ;;
esac
exit 0
`;

/** Writes the programs that are named into a folder for PATH. */
export function writeFakeTools(folder: string, tools: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const tool of tools) {
    writeFileSync(join(folder, tool), script);
    chmodSync(join(folder, tool), 0o755);
  }
}
