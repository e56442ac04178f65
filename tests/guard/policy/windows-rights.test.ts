import { expect, test } from 'vitest';
import { writersOf } from '../../../src/guard/policy/windows-rights.js';

// As `icacls FILE /save` writes them.
test.each([
  [
    'only the system, administrators and one user',
    'guard.json\r\nD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;S-1-5-21-1-2-3-1001)\r\n',
    [],
  ],
  ['users may read', 'guard.json\r\nD:AI(A;ID;0x1200a9;;;BU)(A;ID;FA;;;SY)\r\n', []],
  ['users may change', 'guard.json\r\nD:AI(A;ID;0x1301bf;;;BU)(A;ID;FA;;;SY)\r\n', ['the group Users']],
  ['everyone has all', 'guard.json\r\nD:(A;;FA;;;WD)\r\n', ['Everyone']],
  ['who has logged in may write', 'guard.json\r\nD:(A;;FRFW;;;AU)\r\n', ['every user that has logged in']],
  ['a denial is no right', 'guard.json\r\nD:(D;;FA;;;WD)(A;;FA;;;BA)\r\n', []],
  ['for what is inside alone', 'folder\r\nD:(A;OICIIO;FA;;;AU)(A;OICI;0x1200a9;;;BU)\r\n', []],
  ['users may add files', 'folder\r\nD:(A;CI;0x100004;;;BU)\r\n', ['the group Users']],
])('%s', (_, sddl, groups) => {
  expect(writersOf(sddl)).toEqual(groups);
});
