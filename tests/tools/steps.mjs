// The steps of features that Cucumber's extension for editors underlines as undefined.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ExpressionBuilder, getGherkinDiagnostics } from '@cucumber/language-service';
import { WasmParserAdapter } from '@cucumber/language-service/wasm';

const [root, packages] = process.argv.slice(2);
const files = (folder, ending) => readdirSync(join(root, folder), { recursive: true }).filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
const adapter = new WasmParserAdapter(join(packages, 'node_modules/@cucumber/language-service/dist'));
await adapter.init();
const sources = files('tests/purchase', '.rs').map((uri) => ({ languageName: 'rust', uri, content: readFileSync(join(root, uri), 'utf8') }));
const { expressionLinks, errors } = new ExpressionBuilder(adapter).build(sources, []);
const undefinedSteps = [];
let steps = 0;
for (const uri of files('features', '.feature')) {
  const text = readFileSync(join(root, uri), 'utf8');
  const lines = text.split('\n');
  for (const { message, range } of getGherkinDiagnostics(text, expressionLinks.map(({ expression }) => expression))) {
    undefinedSteps.push(`${uri}:${range.start.line + 1}: ${message.split('\n')[0]}: ${lines[range.start.line].trim()}`);
  }
  steps += lines.filter((line) => /^\s*(Given|When|Then|And|But|\*|假如|当|那么|并且|而且) ?/.test(line)).length;
}
console.log(JSON.stringify({ steps, definitions: expressionLinks.length, errors: errors.map(String), undefined: undefinedSteps }, null, 1));
