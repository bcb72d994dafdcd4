// Where dependency-cruiser finds Kit's alias; it does not understand the paths of Kit's generated tsconfig.
module.exports = { resolve: { alias: { $lib: `${process.cwd()}/src/lib` } } };
