// The wasm module finds the operators that the native program found: every boundary of the table,
// one before and one after, and millions of addresses, which tests/operators wrote to target/operators.
import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const module = new URL("target/bench/", root);
const { default: init, operators_differ } = await import(new URL("served_by.js", module));
await init({ module_or_path: readFileSync(new URL("served_by_bg.wasm", module)) });
const table = readFileSync(new URL("target/operators/table.img", root));
const questions = readFileSync(new URL("target/operators/questions.bin", root));

const ROW = 20;
if (questions.length === 0 || questions.length % ROW !== 0) throw new Error("target/operators/questions.bin holds no questions");
const differing = operators_differ(table, questions);
console.log(`${questions.length / ROW} addresses, ${differing} differing operators`);
process.exitCode = differing === 0 ? 0 : 1;
