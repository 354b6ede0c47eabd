/** The first set-up of a box in Portuguese. */
import type { SetUpTexts } from './en.ts';

export const pt: SetUpTexts = {
  stepOf: 'Passo {number} de {count}',
  next: 'Seguinte',
  skip: 'Saltar',
  back: 'Voltar',
  later: 'Terminar mais tarde',
  inFile: 'Isto está definido no ficheiro de configuração da caixa.',
  languageTitle: 'Idioma',
  languageHint: 'Para esta página. Os convidados veem a página deles no seu idioma.',
  nameTitle: 'Nome da caixa',
  nameHint: 'Para a encontrar: por exemplo, o nome do local.',
  nameAs: 'Na rede chama-se {name}.',
  pinHint: 'Quem o sabe pode comandar a caixa.',
  pinLabel: 'Novo PIN',
  pinShort: 'O PIN deve ter de 4 a 64 algarismos ou letras, sem espaços.',
  networkTitle: 'Rede',
  networkHint: 'Os convidados assistem na rede que escolher aqui.',
  searching: 'À procura de redes…',
  noNetworks: 'Nenhuma rede Wi-Fi está ao alcance.',
  searchAgain: 'Procurar de novo',
  cable: 'Um cabo',
  cableIn: 'Um cabo: está ligado',
  cableWaits: 'Um cabo: está ligado, mas ainda não tem endereço',
  otherWifi: 'Outro nome…',
  wifiName: 'Nome do Wi-Fi',
  password: 'Palavra-passe do Wi-Fi',
  needsLogin: 'pede um acesso que a caixa não pode dar',
  noPassword: 'sem palavra-passe',
  openWifi:
    'Se os clientes deste Wi-Fi têm de aceitar algo numa página, a caixa não o pode fazer: nada sai para a internet, e talvez nenhum cliente chegue à caixa. É melhor um com palavra-passe, ou um cabo.',
  notJoined:
    'A caixa não conseguiu entrar em {name}. Verifique a palavra-passe ou escolha outra rede.',
  notThePassword:
    'A caixa não conseguiu entrar em {name}: o mais provável é a palavra-passe estar errada. Escreva-a de novo.',
  notInReach:
    'A caixa não conseguiu entrar em {name}: está fora de alcance. Aproxime a caixa do router ou escolha outra rede.',
  noAddress:
    '{name} deixa entrar a caixa, mas não lhe dá endereço. Reinicie o router, escolha outra rede ou use um cabo.',
  passwordShort: 'Uma palavra-passe de Wi-Fi tem de 8 a 63 caracteres.',
  chooseOne: 'Escolha uma ou salte este passo.',
  cameraTitle: 'Câmara',
  cameraHint: 'Escolha a câmara. A imagem mostra o que os convidados vão ver.',
  noCamera: 'Nenhuma câmara foi encontrada. Ligue uma e procure de novo.',
  testPicture: 'Uma imagem de teste',
  soundHint: 'Escolha de onde vem o som. Toque alguma coisa: os medidores têm de se mexer.',
  noSoundCard: 'Nenhuma placa de som foi encontrada. Ligue uma e procure de novo.',
  testTone: 'Um tom de teste',
  restarting: 'A caixa reinicia para o usar, o que demora alguns segundos…',
  destinationTitle: 'Enviar também para outro lado',
  destinationHint: 'Os convidados na sala podem ver sem isto.',
  onlyHere: 'Só para esta sala',
  toService: 'Para o YouTube, a Twitch ou outro serviço (RTMP)',
  toReceiver: 'Para um recetor (SRT)',
  streamKey: 'Chave de transmissão',
  addressLike:
    'O endereço começa por rtmp:// ou rtmps://. Copie-o do serviço, sem a chave de transmissão.',
  keyMissing: 'Escreva a chave de transmissão que o serviço mostra.',
  receiverMissing: 'Escreva o endereço do recetor e a sua porta: um número até 65535.',
  titleTitle: 'Título do primeiro drop',
  titleHint: 'Os convidados veem-no nos telemóveis.',
  nearlyTitle: 'Quase pronto',
  noteFirst:
    'A caixa deixa agora o seu próprio Wi-Fi, e esta página pode fechar-se sozinha. Faça antes uma captura de ecrã.',
  doneTitle: 'Tudo pronto',
  joinFirst: 'Ligue este telemóvel a {name} e abra:',
  joinAfter: 'Depois, ligue este telemóvel a {name} e abra este endereço.',
  openThis: 'A partir de agora, abra:',
  madePin: 'A caixa criou este PIN: {pin}. Tome nota.',
  failsBack:
    'Se a caixa não conseguir entrar em {name} dentro de um minuto, volta à rede de antes, ou o Wi-Fi dela volta, e pode escolher de novo.',
  keepsApart:
    'Se a página não abrir aí, esse Wi-Fi não deixa os dispositivos comunicar entre si, e os clientes também não poderiam ver. Use um cabo, ou desligue esse Wi-Fi durante cinco minutos: o da própria caixa volta, e pode escolher outro.',
  wifiTitle: 'Wi-Fi do local',
  wifiHint:
    'A caixa deixa a rede dela pela que escolher aqui, e esta página vai com ela. Os convidados assistem lá.',
  join: 'Ligar a caixa',
  begunElsewhere:
    'A configuração começou noutro telemóvel. Escreva o PIN escolhido lá e continue aqui.',
  notSetUp:
    'Esta caixa ainda não está configurada. Ligue este telemóvel ao Wi-Fi da própria caixa, ou a caixa ao router com um cabo, e abra esta página de novo.',
};
