/** HS256 and nothing else: what a Socket.IO application checks before it lets a socket in. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** The claims; throws when the token is not ours. */
export function verify(token, secret) {
  const [head, body, signature] = token.split(".");
  const ours = createHmac("sha256", secret).update(`${head}.${body}`).digest();
  if (!timingSafeEqual(ours, Buffer.from(signature, "base64url"))) throw new Error("forged");
  const claims = JSON.parse(Buffer.from(body, "base64url"));
  if (claims.exp * 1000 < Date.now()) throw new Error("expired");
  return claims;
}
