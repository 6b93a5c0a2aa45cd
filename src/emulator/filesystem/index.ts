export { EXECUTE, mayAccess, newMode, READ, root, WRITE, type Credentials } from './credentials.js';
export { Errno, isErrno, type ErrnoCode } from './errno.js';
export { MemoryFileSystem, type FileSystemLimits } from './memory-file-system.js';
export { DeviceNode, DirectoryNode, FileNode, SymlinkNode, type Device, type Node } from './node.js';
export { absolute, basename, dirname, join, logicalPath, segments } from './path.js';
export { NodeList, savedNodes, treesOf, type SavedNode } from './saved-nodes.js';
