// Makes the scripts in a folder as short as they can be, by the minifier that the framework's build comes with:
//
//     node minify_scripts.mjs WEB FOLDER
//
// WEB is the framework's folder with its packages. What was compressed beside a script is compressed anew.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const [web, folder] = process.argv.slice(2);
const require = createRequire(join(resolve(web), "package.json"));
const { minifySync } = await import(pathToFileURL(require.resolve("rolldown/utils")));

for (const name of readdirSync(folder).filter((each) => each.endsWith(".js"))) {
  const path = join(folder, name);
  const { code, errors } = minifySync(name, readFileSync(path, "utf8"), { module: false });
  if (errors.length) throw new Error(`${name}: ${errors[0].message}`);
  writeFileSync(path, code);
  if (existsSync(`${path}.br`)) writeFileSync(`${path}.br`, brotliCompressSync(code));
  if (existsSync(`${path}.gz`)) writeFileSync(`${path}.gz`, gzipSync(code, { level: 9 }));
}
