/** The maps of D4RL's antmaze tasks: the ant starts at R. Rows go along y, columns along x. */
export const d4rlAntMazes = {
  umaze: ['#####', '#ROO#', '###O#', '#GOO#', '#####'].join('\\'),
  medium: ['########', '#RO##OO#', '#OO#OOO#', '##OOO###', '#OO#OOO#', '#O#OO#O#', '#OOO#OG#', '########'].join('\\'),
  large: [
    '############',
    '#ROOO#OOOOO#',
    '#O##O#O#O#O#',
    '#OOOOOO#OOO#',
    '#O####O###O#',
    '#OO#O#OOOOO#',
    '##O#O#O#O###',
    '#OO#OOO#OGO#',
    '############',
  ].join('\\'),
  evalUmaze: ['#####', '#OOR#', '#O###', '#OOG#', '#####'].join('\\'),
  evalMedium: ['########', '#ROOOOG#', '#O#O##O#', '#OOOO#O#', '###OO###', '#OOOOOO#', '#OO##OO#', '########'].join(
    '\\',
  ),
  evalLarge: [
    '############',
    '#RO#OOO#OGO#',
    '##O###O#O#O#',
    '#OO#O#OOOOO#',
    '#O##O#OO##O#',
    '#OOOOOO#OOO#',
    '#O##O#O#O###',
    '#OOOO#OOOOO#',
    '############',
  ].join('\\'),
} as const;
