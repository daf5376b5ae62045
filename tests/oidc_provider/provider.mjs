// A real provider of OpenID Connect for the tests: oidc-provider, on one port of this machine.
//
// Arguments: the port, the client's secret, where browsers are sent back to. A person is made by
// PUT /people/SUBJECT with their claims as JSON; whoever types SUBJECT on the page is signed in.

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, secret, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const people = new Map();

const provider = new Provider(issuer, {
  clients: [{ client_id: "memo-coach", client_secret: secret, redirect_uris: [redirect] }],
  clientDefaults: { token_endpoint_auth_method: "client_secret_post" },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  conformIdTokenClaims: true,
  cookies: { keys: ["of the tests"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  findAccount: (_context, subject) =>
    people.has(subject) && { accountId: subject, claims: () => ({ ...people.get(subject), sub: subject }) },
  loadExistingGrant: async (context) => {
    const { client, session } = context.oidc;
    const grant = new context.oidc.provider.Grant({ accountId: session.accountId, clientId: client.clientId });
    grant.addOIDCScope("openid email profile groups");
    await grant.save();
    return grant;
  },
});

const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
};

const page = `<!DOCTYPE html><html lang="en"><title>The provider</title><form method="post">
<label>Account <input name="subject" autofocus></label>
<button>Sign in</button> <button name="declined" value="1">No</button></form>`;

const own = async (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  if (request.method === "PUT" && pathname.startsWith("/people/")) {
    people.set(decodeURIComponent(pathname.slice("/people/".length)), JSON.parse(await body(request)));
    return response.writeHead(204).end();
  }
  if (request.method === "GET") {
    return response.writeHead(200, { "Content-Type": "text/html" }).end(page);
  }
  const form = new URLSearchParams(await body(request));
  const result = form.has("declined")
    ? { error: "access_denied" }
    : { login: { accountId: form.get("subject") } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
};

createServer((request, response) => {
  const isOwn = /^\/(people|interaction)\//.test(request.url);
  return isOwn ? own(request, response) : provider.callback()(request, response);
}).listen(Number(port), "127.0.0.1", () => console.log("listening"));
