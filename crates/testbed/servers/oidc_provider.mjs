// oidc-provider (npm), as `oidc_provider.rs` starts it: PORT SETTINGS.
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const [port, file] = process.argv.slice(2);
const { clients, users, configuration } = JSON.parse(readFileSync(file, 'utf8'));
// Browsers know names below localhost, resolvers rarely.
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith('.localhost') ? '127.0.0.1' : name, ...rest);
// Its own page asks first, with buttons outside of the form.
const logoutSource = (ctx, form) => {
  ctx.body = form.replace('</form>', '<input type="hidden" name="logout" value="yes"/></form>');
};
const names = Object.values(users).flatMap(Object.keys);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  claims: { openid: ['sub'], profile: [...new Set(names)] },
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  findAccount: (_, user) => users[user] && { accountId: user, claims: () => ({ sub: user, ...users[user] }) },
  features: {
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource },
    jwtUserinfo: { enabled: true },
    backchannelLogout: { enabled: true },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  cookies: { keys: ['testbed'] },
  // Its own dispatcher calls nobody on loopback, where the campuses of tests are.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  ...configuration,
});
provider.listen(Number(port), '127.0.0.1');
