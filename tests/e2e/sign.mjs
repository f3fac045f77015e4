// SPDX-License-Identifier: Apache-2.0
// Signs as providers do, with code that is not ours: Twilio by its own SDK, Telnyx by an Ed25519 key made here.
// The first line on stdout is Telnyx' public key (base64); then a signature for each line on stdin:
// {"twilio": {token, url, params}} or {"telnyx": its bytes in base64}.
import { generateKeyPairSync, sign } from "node:crypto";
import { createInterface } from "node:readline";
import twilio from "twilio";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
console.log(Buffer.from(publicKey.export({ format: "jwk" }).x, "base64url").toString("base64"));
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const { token, url, params } = asked.twilio ?? {};
  console.log(token ? twilio.getExpectedTwilioSignature(token, url, params)
    : sign(null, Buffer.from(asked.telnyx, "base64"), privateKey).toString("base64"));
}
