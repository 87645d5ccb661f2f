/**
 * Lets this process trust, beside the certificate authorities that Node brings, those of the operating system (or those that SSL_CERT_FILE
 * and SSL_CERT_DIR name, where the system reads them). Takes about 60 ms, so it is asked for only when a certificate was not trusted. Gives
 * whether any was new: asking again is of no use. Node before 22.19 cannot do it.
 */
export function trustSystemAuthorities(): boolean {
  const tls = process.getBuiltinModule("node:tls");
  if (!canTrustSystem(tls)) return false;
  const known = tls.getCACertificates("default");
  const all = new Set([...known, ...tls.getCACertificates("system")]);
  if (all.size === new Set(known).size) return false;
  tls.setDefaultCACertificates([...all]);
  return true;
}

/** Whether this Node can be told to trust more. */
export const canTrustSystem = (tls: object): boolean => "getCACertificates" in tls && "setDefaultCACertificates" in tls;
