// A manifest is believed when its signature is good (RFC 9421 over the digest of RFC 9530), from the network or from the phone.
import type { Manifest } from "./types";

/** A manifest as it came: what was signed, and what proves it. */
export interface SignedManifest {
  body: string;
  etag: string;
  contentDigest: string;
  signatureInput: string;
  signature: string;
}

/** A public key of `/api/keys` (RFC 7517). */
export interface Key {
  kid: string;
  kty: string;
  crv: string;
  x: string;
  y: string;
}

/** The parts of a response that are kept. */
export async function signed(response: Response): Promise<SignedManifest> {
  const header = (name: string) => response.headers.get(name) ?? "";
  return {
    body: await response.text(),
    etag: header("etag"),
    contentDigest: header("content-digest"),
    signatureInput: header("signature-input"),
    signature: header("signature"),
  };
}

/** The id of the key that it says it is signed with. */
export function keyOf(manifest: SignedManifest): string | null {
  return /;keyid="([^"]+)"/.exec(manifest.signatureInput)?.[1] ?? null;
}

/** The manifest, or nothing where one of these keys did not sign just this. */
export async function verified(manifest: SignedManifest, keys: Key[]): Promise<Manifest | null> {
  const key = keys.find((key) => key.kid === keyOf(manifest) && key.kty === "EC" && key.crv === "P-256");
  const parameters = /^preau=(\("content-digest"\);.*)$/.exec(manifest.signatureInput)?.[1];
  const signature = /^preau=:([A-Za-z0-9+/=]+):$/.exec(manifest.signature)?.[1];
  if (!key || !parameters || !signature) return null;
  const digest = await crypto.subtle.digest("SHA-256", utf8(manifest.body));
  if (manifest.contentDigest !== `sha-256=:${btoa(String.fromCharCode(...new Uint8Array(digest)))}:`) return null;
  const base = `"content-digest": ${manifest.contentDigest}\n"@signature-params": ${parameters}`;
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const { kty, crv, x, y } = key;
  const imported = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
  const bytes = Uint8Array.from(atob(signature), (character) => character.charCodeAt(0));
  const good = await crypto.subtle.verify(algorithm, imported, bytes, utf8(base));
  return good ? (JSON.parse(manifest.body) as Manifest) : null;
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}
