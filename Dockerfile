# The command tenant-vault, from the npm package: npm pack && podman build --build-arg PACKAGE=tenant-vault-<version>.tgz .
FROM docker.io/library/node:22-alpine AS package
ARG PACKAGE
WORKDIR /opt/tenant-vault
COPY ${PACKAGE} package.tgz
# The command needs none of the peers, which are for synthesis, and no script of a dependency.
RUN npm install --no-save --omit=dev --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund ./package.tgz && rm package.tgz

FROM docker.io/library/node:22-alpine
COPY --from=package /opt/tenant-vault /opt/tenant-vault
# A watcher needs half of the memory with it.
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=2
# The user "node" of the base image, by number, so that Kubernetes can see that it is not root.
USER 1000:1000
WORKDIR /opt/tenant-vault
ENTRYPOINT ["node", "/opt/tenant-vault/node_modules/tenant-vault/lib/cli/main.js"]
CMD ["watch", "--json"]
