/** Environment variables that name proxies and authorities, as the front end has them: a process may work for several clients. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>;
