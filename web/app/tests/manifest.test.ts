// Which manifests are believed.
import { webcrypto } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Key, type SignedManifest, verified } from "../src/api/manifest";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const base64 = (bytes: ArrayBuffer) => Buffer.from(bytes).toString("base64");
const utf8 = (text: string) => new TextEncoder().encode(text);

async function school(): Promise<{ key: Key; sign: (body: string) => Promise<SignedManifest> }> {
  const pair = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const jwk = await webcrypto.subtle.exportKey("jwk", pair.publicKey);
  const sign = async (body: string) => {
    const contentDigest = `sha-256=:${base64(await webcrypto.subtle.digest("SHA-256", utf8(body)))}:`;
    const parameters = `("content-digest");created=1764000000;keyid="one";alg="ecdsa-p256-sha256"`;
    const signed = utf8(`"content-digest": ${contentDigest}\n"@signature-params": ${parameters}`);
    const signature = `preau=:${base64(await webcrypto.subtle.sign(algorithm, pair.privateKey, signed))}:`;
    return { body, etag: '"1"', contentDigest, signatureInput: `preau=${parameters}`, signature };
  };
  return { key: { ...jwk, kid: "one" } as Key, sign };
}

describe("a manifest", () => {
  it("is believed when the school signed it", async () => {
    const { key, sign } = await school();
    expect(await verified(await sign('{"campus":"rivage"}'), [key])).toEqual({ campus: "rivage" });
  });

  it("is not believed with another body, another digest, another key or no signature", async () => {
    const { key, sign } = await school();
    const good = await sign('{"campus":"rivage"}');
    const other = await sign('{"campus":"autre"}');
    expect(await verified({ ...good, body: other.body }, [key])).toBeNull();
    expect(await verified({ ...good, body: other.body, contentDigest: other.contentDigest }, [key])).toBeNull();
    expect(await verified(good, [{ ...(await school()).key }])).toBeNull();
    expect(await verified(good, [{ ...key, kid: "two" }])).toBeNull();
    expect(await verified({ ...good, signature: "" }, [key])).toBeNull();
    expect(await verified({ ...good, signatureInput: good.signatureInput.replace("176", "177") }, [key])).toBeNull();
  });
});
