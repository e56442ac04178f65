/**
 * The options that both programs have, in Chinese.
 *
 * @module
 */
import type * as declarations from '../../kit/options.js';
import type { OptionCatalogue } from '../../kit/help-texts.js';

/** By the names of their declarations. */
export const kitOptions: OptionCatalogue<typeof declarations> = {
  OUTPUT: '输出',
  OPERATION: '运行',
  color: '颜色：auto、always 或 never；auto 遵守 NO_COLOR',
  lang: '给人看的文字用什么语言：en 或 zh（默认：取自 LC_ALL、LC_MESSAGES、LANG 或 Windows 的设置，都没有则为 en）',
  config: '配置文件：一个 JSON 对象，按名称写各个选项',
};
