// The TypeScript SDK as client: look, plan, act, check, and read what is refused.
// node typescript_client.mjs SERVER_COMMAND ARGUMENT...
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const [command, ...args] = process.argv.slice(2);
const client = new Client({ name: "typescript", version: "1" });
await client.connect(new StdioClientTransport({ command, args }));

async function ok(name, given, options) {
  const result = await client.callTool({ name, arguments: given }, undefined, options);
  assert.ok(!result.isError, JSON.stringify(result.content));
  return result;
}

const { tools } = await client.listTools();
assert.equal(tools.length, 15);

const photo = (await ok("list_photos", {})).structuredContent.photos[0].path;
const opened = await ok("open_image", { path: photo });
assert.deepEqual(opened.content.map((block) => block.type), ["text", "image"]);

const image = opened.structuredContent.uri;
const plan = { steps: [{ tool: "exposure", args: { stops: 0.4 } }, { tool: "grain", args: { amount: 30 } }] };
const told = [];
const styled = await ok("apply_plan", { image, plan }, { onprogress: ({ progress }) => told.push(progress) });
assert.deepEqual(told, [1, 2]);
const after = styled.structuredContent.uri;
await ok("measure_image", { image: after });
await ok("assess_edit", { before: image, after, request: "brighter, with some grain" });
await ok("compare", { before: image, after });
assert.equal((await ok("undo", { image: after })).structuredContent.uri, image);

const refused = await client.callTool({ name: "apply_step", arguments: { image, stp: {} } });
assert.ok(refused.isError);
await assert.rejects(client.readResource({ uri: "image://sha256/zz" }), /is not an image reference/);
await assert.rejects(client.getPrompt({ name: "style_this" }), /did you mean 'style_this_photo'/);

const { contents } = await client.readResource({ uri: after });
assert.equal(contents[0].mimeType, "image/jpeg");
const reference = { type: "ref/prompt", name: "try_style" };
const { completion } = await client.complete({ ref: reference, argument: { name: "style", value: "po" } });
assert.deepEqual(completion.values, ["portra"]);
await client.close();
