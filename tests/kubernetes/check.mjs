// SPDX-License-Identifier: MIT
// Whether documents keep to the schema of Kubernetes, as published with its API. On standard input an object:
// {name: [document, ...]}; on standard output, for each name, what is wrong: {name: [sentence, ...]}.
// The schema is there twice, from the package kubernetes-models: as validators, which know formats and whole numbers,
// and as types, in which the compiler finds what must not be there.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = resolve(fileURLToPath(import.meta.url), '../../../build/kubernetes');
const load = createRequire(join(modules, 'package.json'));
const ts = load('typescript');

// The module that has a document's model: a class and, with an I before the name, a type.
function model({ apiVersion, kind }) {
  return `kubernetes-models/${apiVersion}/${kind}`;
}

function validate(document) {
  try {
    new (load(model(document))[document.kind])(document).validate();
    return [];
  } catch (error) {
    return [error.message];
  }
}

// A file of TypeScript in which each document is a constant of its type.
function source(documents) {
  return documents.map((document, i) =>
    `import type { I${document.kind} as T${i} } from '${model(document)}';\n` +
    `export const d${i}: T${i} = ${JSON.stringify(document)};\n`).join('');
}

// What the compiler says of these files, {path: text}, as {path: [sentence, ...]}.
function compile(files) {
  const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => path in files || fileExists(path);
  host.readFile = (path) => files[path] ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => path in files
    ? ts.createSourceFile(path, files[path], language)
    : getSourceFile(path, language, ...rest);
  const found = Object.fromEntries(Object.keys(files).map((path) => [path, []]));
  for (const { file, messageText } of ts.getPreEmitDiagnostics(ts.createProgram(Object.keys(files), options, host)))
    found[file?.fileName ?? Object.keys(files)[0]].push(ts.flattenDiagnosticMessageText(messageText, ' '));
  return found;
}

const cases = Object.entries(JSON.parse(readFileSync(0, 'utf8')));
const path = (i) => join(modules, `case-${i}.ts`);
const compiled = compile(Object.fromEntries(cases.map(([, documents], i) => [path(i), source(documents)])));
console.log(JSON.stringify(Object.fromEntries(cases.map(([name, documents], i) =>
  [name, [...documents.flatMap(validate), ...compiled[path(i)]]]))));
