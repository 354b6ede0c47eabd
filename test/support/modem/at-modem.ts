/** What an LTE modem answers to those commands that ModemManager and the AT driver ask. */
function answerOf(command: string, modem: AtModemState): readonly string[] | undefined {
  const { rsrpStep } = modem;
  const tried = /^AT\+CPIN="(\d+)"$/.exec(command)?.[1];
  if (tried !== undefined) {
    if (tried !== modem.pin) return ['+CME ERROR: 16'];
    modem.pin = undefined;
    return ['OK'];
  }
  if (modem.pin !== undefined) {
    if (command === 'AT+CPIN?') return ['+CPIN: SIM PIN', 'OK'];
    if (/^AT\+(C|CE|C5)?GREG\?|^AT\+C(OPS|IMI|CID)/.test(command)) return ['+CME ERROR: 11'];
  }
  const registration = '2,1,"00A1","01A2B3C4",7';
  const answers: Readonly<Record<string, readonly string[]>> = {
    'AT+CGMI': ['LabTel'],
    'AT+GMI': ['LabTel'],
    'AT+CGMM': ['LTE-LAB'],
    'AT+GMM': ['LTE-LAB'],
    'AT+CGMR': ['R1.0'],
    'AT+GMR': ['R1.0'],
    'AT+CGSN': ['867530900000017'],
    'AT+GSN': ['867530900000017'],
    ATI: ['LabTel LTE-LAB'],
    'AT+GCAP': ['+GCAP: +CGSM,+FCLASS'],
    'AT+CPIN?': ['+CPIN: READY'],
    'AT+CIMI': ['001010123456789'],
    'AT+CCID': ['+CCID: 8988211000000000001'],
    'AT+CRSM=176,12258,0,0,10': ['+CRSM: 144,0,"98881201000000000010"'],
    'AT+CFUN?': ['+CFUN: 1'],
    'AT+CREG?': [`+CREG: ${registration}`],
    'AT+CGREG?': [`+CGREG: ${registration}`],
    'AT+CEREG?': [`+CEREG: ${registration}`],
    'AT+CSQ': ['+CSQ: 23,99'],
    'AT+CESQ': [`+CESQ: 99,99,255,255,20,${rsrpStep}`],
    'AT+CESQ=?': ['+CESQ: (0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)'],
    'AT+COPS?': ['+COPS: 0,0,"Lab Telecom",7'],
    'AT+COPS=3,2;+COPS?': ['+COPS: 0,2,"00101",7'],
    'AT+COPS=3,0;+COPS?': ['+COPS: 0,0,"Lab Telecom",7'],
    'AT+CGDCONT=?': ['+CGDCONT: (1-16),"IPV4V6",,,(0-2),(0-4)'],
    'AT+CGDCONT?': ['+CGDCONT: 1,"IPV4V6","internet","0.0.0.0",0,0'],
    'AT+CLCK=?': ['+CLCK: ("SC","AO","OI")'],
    'AT+CSCS=?': ['+CSCS: ("UCS2","IRA")'],
    'AT+CSCS?': ['+CSCS: "IRA"'],
    'AT+WS46=?': ['+WS46: (12,22,28,31)'],
    'AT+CNSMOD?': ['+CNSMOD: 0,8'],
    'AT+CIND=?': ['+CIND: ("signal",(0-5)),("service",(0,1))'],
    'AT+CIND?': ['+CIND: 4,1'],
  };
  const known = answers[command];
  if (known !== undefined) return [...known, 'OK'];
  const isSetting =
    /^AT(|Z|E[01]|V1|X4|&C1|\+CMEE=1|\+COPS=3,\d|\+CFUN=\d(?:,1)?|\+C(|G|E)REG=\d)$/.test(command);
  return isSetting ? ['OK'] : undefined;
}

/** Bytes of a serial line to the modem's answers to them. */
export function answering(modem: AtModemState, write: (text: string) => void) {
  let held = '';
  let isEchoing = true;
  return (bytes: Buffer): void => {
    const parts = (held + bytes.toString('latin1')).split(/[\r\n]/);
    held = parts.pop() ?? '';
    for (const command of parts.map((part) => part.trim().toUpperCase()).filter(Boolean)) {
      modem.received.push(command);
      if (command === 'ATE0') isEchoing = false;
      if (isEchoing) write(`${command}\r`);
      const lines = answerOf(command, modem) ?? ['ERROR'];
      write(lines.map((line) => `\r\n${line}\r\n`).join(''));
    }
  };
}

/** What its SIM and radio are like; a test changes it. */
export interface AtModemState {
  /** RSRP step of `+CESQ`: dBm + 141. */
  rsrpStep: number;
  /** The PIN it wants; undefined once it has it. */
  pin: string | undefined;
  /** All it was sent, in capitals. */
  readonly received: string[];
}

export function freshModem(pin?: string): AtModemState {
  return { rsrpStep: 60, pin, received: [] };
}
