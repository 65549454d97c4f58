// An OpenID provider: oauth2-mock-server, which signs everybody in as the person of its command line.
//
//     node server.mjs '{"sub":"17","email":"ada@example.com","email_verified":true}'
//
// It prints its issuer once it listens.

import { OAuth2Server } from "oauth2-mock-server";

const person = JSON.parse(process.argv[2]);
const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");
await server.start(0, "127.0.0.1");
server.issuer.url = `http://127.0.0.1:${server.address().port}`;
// As strict providers do: the ID token says who it is, the rest is for UserInfo to tell.
server.service.on("beforeTokenSigning", (token) => {
    token.payload.sub = person.sub;
});
server.service.on("beforeUserinfo", (answer) => {
    answer.body = person;
});
console.log(server.issuer.url);
