// Preloaded into a measured process: what it would ask over HTTPS goes to the server at BENCH_SERVER instead, and to no provider. Plain
// JavaScript, since a TypeScript file loaded before the compile cache is on would load Node's compiler into the measured process.
const { request } = process.getBuiltinModule("node:http");

process.getBuiltinModule("node:https").request = (url, options) => {
  const { host, pathname, search } = new URL(url);
  return request(`${process.env.BENCH_SERVER}/${host}${pathname}${search}`, options);
};
