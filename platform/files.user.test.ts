// Root is refused nothing, so these tests are for an ordinary user only.
import { deniedFilesSuite } from '../test/support/files-suite.ts';
import { openRealFiles } from '../test/support/real-files.ts';

deniedFilesSuite('on a real disk', openRealFiles);
