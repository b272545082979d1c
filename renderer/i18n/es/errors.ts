import type { ErrorTexts } from '../error-texts.ts';

/** What happened and what to do, in Spanish. */
export const SPANISH_ERRORS: ErrorTexts = {
  'not-luks': [
    'No se puede abrir: no es un contenedor LUKS',
    'Elija un archivo creado por Lockline o cryptsetup',
  ],
  'version-unsupported': [
    'No se puede abrir: esta versión de LUKS no es compatible',
    'Ábralo con cryptsetup o actualice Lockline',
  ],
  'header-checksum-mismatch': [
    'No se puede abrir: falla la suma de una copia de la cabecera',
    'Restaure una copia de seguridad de la cabecera',
  ],
  'both-headers-corrupt': [
    'No se puede abrir: las dos copias de la cabecera están dañadas',
    'Restaure una copia de seguridad de la cabecera',
  ],
  'metadata-invalid': [
    'No se puede abrir: los metadatos de la cabecera no son válidos',
    'Restaure una copia de seguridad de la cabecera',
  ],
  'area-overlap': [
    'No se puede abrir: hay áreas de la cabecera que se solapan',
    'Restaure una copia de seguridad de la cabecera',
  ],
  'requirement-unknown': [
    'No se puede desbloquear: el contenedor exige funciones no compatibles',
    'Ábralo con un cryptsetup más reciente',
  ],
  'reencryption-in-progress': [
    'No se puede desbloquear: hay un recifrado sin terminar',
    'Termínelo con cryptsetup reencrypt, como root',
  ],
  'header-detached': [
    'No se puede desbloquear: este archivo solo contiene la cabecera',
    'Use la línea de órdenes, que acepta cabecera y datos por separado',
  ],
  'kdf-cost-excessive': [
    'No se puede desbloquear: la cabecera pide más derivación de clave que el límite',
    'Ábralo solo si confía en su origen',
  ],
  'digest-invalid': [
    'No se puede desbloquear: la cabecera no permite comprobar la clave',
    'Restaure una copia de seguridad de la cabecera',
  ],
  'container-truncated': [
    'No se puede abrir: el contenedor es más corto de lo que dice su cabecera',
    'Restaure el archivo entero desde una copia',
  ],
  'filesystem-damaged': [
    'No se puede montar: el sistema de archivos está dañado',
    'Revíselo con fsck en una copia',
  ],
  'backup-mismatch': [
    'No se puede restaurar: la copia no corresponde a este contenedor',
    'Elija la copia de este contenedor',
  ],
  'header-ambiguous': [
    'No se puede escribir la cabecera: el inicio del contenedor parece también otro formato',
    'Ábralo en solo lectura, guarde lo importante y restaure una copia de la cabecera',
  ],
  'passphrase-wrong': [
    'No se puede desbloquear: ninguna ranura se abre con esta frase',
    'Compruebe el teclado y las mayúsculas; un área de clave dañada se comporta igual',
  ],
  'keyslot-inactive': ['No se puede desbloquear: la ranura no está en uso', 'Elija otra ranura'],
  'recovery-word-wrong': [
    'La clave de recuperación contiene una palabra desconocida',
    'Compare la palabra con su anotación',
  ],
  'recovery-words-missing': [
    'Faltan palabras en la clave de recuperación',
    'Escriba las 24 palabras',
  ],
  'recovery-checksum-wrong': [
    'La suma de la clave de recuperación no coincide',
    'Compare las palabras y su orden con su anotación',
  ],
  'keyfile-unreadable': [
    'No se puede leer el archivo de clave',
    'Compruebe la ruta y los permisos',
  ],
  'keyfile-too-large': ['El archivo de clave supera los 8 MiB', 'Elija uno más pequeño'],
  'passphrase-missing': [
    'Falta la frase de contraseña',
    'Escriba una frase o elija un archivo de clave',
  ],
  'passphrase-empty': ['La frase no puede estar vacía', 'Escriba al menos un carácter'],
  'passphrase-mismatch': ['Las dos frases no coinciden', 'Escriba dos veces la misma'],
  'passphrase-too-long': [
    'La frase supera los 512 bytes',
    'Use un archivo de clave para algo más largo',
  ],
  'passphrase-not-stored': ['No hay una frase guardada de esta bóveda', 'Escriba la frase'],
  'keychain-unavailable': [
    'No se puede guardar la frase: ningún llavero de este sistema la protegería',
    'Configure un llavero como GNOME Keyring o KWallet, o escríbala cada vez',
  ],
  'cipher-unsupported': [
    'No se puede desbloquear: el cifrado no es compatible',
    'Ábralo con cryptsetup',
  ],
  'hash-unsupported': [
    'No se puede desbloquear: la función hash no es compatible',
    'Ábralo con cryptsetup',
  ],
  'segment-type-unsupported': [
    'No se puede desbloquear: el tipo de segmento no es compatible',
    'Ábralo con cryptsetup',
  ],
  'kdf-unsupported': [
    'No se puede desbloquear: la derivación de clave no es compatible',
    'Ábralo con cryptsetup',
  ],
  'key-names-unsupported': [
    'No se puede dar nombre ni prioridad: LUKS1 no tiene sitio para ello',
    'Convierta antes la bóveda a LUKS2',
  ],
  'keyslot-type-unsupported': ['El tipo de ranura no es compatible', 'Use cryptsetup'],
  'filesystem-unsupported': [
    'No se puede montar: el sistema de archivos de la bóveda no es compatible',
    'Ábrala con cryptsetup y móntela como root',
  ],
  'platform-unsupported': [
    'No es posible en este sistema operativo',
    'Elija otra forma de montaje',
  ],
  'device-busy': [
    'No se puede abrir: otro programa tiene abierto el contenedor',
    'Bloquéelo allí primero',
  ],
  'permission-denied': ['No se puede abrir: permiso denegado', 'Compruebe de quién es el archivo'],
  'file-missing': ['No se puede abrir: no existe el archivo', 'Compruebe la ruta'],
  'file-exists': ['No se puede crear: el archivo ya existe', 'Elija otro nombre o carpeta'],
  'not-a-file': ['No se puede abrir: no es un archivo corriente', 'Elija un archivo'],
  'short-read': ['El disco devolvió menos de lo pedido', 'Revise el disco'],
  'io-error': ['El disco ha fallado', 'Revise el disco'],
  'no-space': ['No se puede escribir: no queda espacio', 'Libere espacio'],
  'read-only': ['No se puede escribir: solo lectura', 'Monte sin la opción de solo lectura'],
  'backend-missing': [
    'No se puede montar: falta el programa necesario',
    'Instale el paquete fuse3',
  ],
  'backend-denied': [
    'No se puede montar: el sistema lo ha denegado',
    'Compruebe los permisos de /dev/fuse',
  ],
  'mountpoint-not-empty': [
    'No se puede montar: el punto de montaje no está vacío',
    'Elija una carpeta vacía',
  ],
  'mountpoint-invalid': [
    'No se puede montar: el punto de montaje no es una carpeta utilizable',
    'Elija una carpeta vacía que sea suya',
  ],
  'unmount-busy': [
    'No se puede bloquear: hay archivos de la bóveda en uso',
    'Cierre los archivos y programas e inténtelo de nuevo',
  ],
  'mount-timeout': ['El montaje no terminó a tiempo', 'Inténtelo de nuevo'],
  'address-in-use': ['Otro programa usa el puerto', 'Elija otro puerto'],
  'already-unlocked': ['La bóveda ya está desbloqueada', 'Use la carpeta montada'],
  'not-mounted': ['La bóveda no está montada', 'Móntela primero'],
  'operation-in-progress': [
    'Ahora no es posible: hay otra operación en la bóveda',
    'Espere a que termine o cancélela',
  ],
  'header-changed': ['Otro programa ha cambiado la cabecera', 'Léala de nuevo y repita'],
  'keyslots-full': ['Todas las ranuras están ocupadas', 'Quite una primero'],
  'last-keyslot': [
    'No se puede quitar la última ranura: nadie podría abrirla ya',
    'Añada otra primero',
  ],
  'vault-unknown': ['Esta bóveda no está en la lista', 'Añádala primero'],
  'vault-crashed': [
    'El proceso de la bóveda terminó de forma inesperada; está bloqueada',
    'Desbloquéela de nuevo',
  ],
  'write-unproven': [
    'No se puede guardar la clave: lo escrito no se abre al volver a leerlo',
    'Revise el disco; la clave anterior sigue abriendo la bóveda',
  ],
  'checker-missing': [
    'No se puede reparar: falta el programa de este sistema de archivos o no es posible mostrarle los bloques',
    'Instale e2fsprogs o dosfstools, y fuse3',
  ],
  'volume-read-only': [
    'La escritura en la bóveda ha fallado: ahora es de solo lectura y puede faltar lo que no se había sincronizado',
    'Copie lo que necesite, bloquee la bóveda, revise su almacenamiento y ejecute «lockline fsck»',
  ],
  'growth-unfinished': [
    'No se puede abrir en solo lectura: la ampliación de la bóveda se interrumpió',
    'Ábrala una vez con escritura: así termina',
  ],
  'helper-missing': [
    'No se puede montar: el auxiliar de dm-crypt no está instalado',
    'Instale el paquete Lockline de su distribución o monte con FUSE',
  ],
  'helper-denied': [
    'No se puede montar: no se ha concedido el permiso para usar dm-crypt',
    'Autentíquese como administrador o monte con FUSE',
  ],
  'kernel-unsupported': ['No se puede montar: este núcleo no tiene dm-crypt', 'Monte con FUSE'],
  'kernel-refused': [
    'No se puede montar: el núcleo o un programa del sistema lo ha rechazado',
    'Monte con FUSE y consulte el registro del sistema',
  ],
  'sector-differs': [
    'No se puede montar: el núcleo descifra esta bóveda de forma distinta que Lockline',
    'Monte con FUSE y, por favor, informe de ello',
  ],
  'flags-refused': [
    'No se pueden cambiar los indicadores: el núcleo no los acepta',
    'Elija otros indicadores o no fije ninguna implementación',
  ],
  'udisks-missing': [
    'No se puede montar: udisks2 no responde en el bus del sistema',
    'Instale el paquete udisks2 o elija otro backend',
  ],
  'udisks-denied': [
    'No se puede montar: udisks2 pide permisos que esta sesión no tiene',
    'Elija otro backend o use la sesión de escritorio',
  ],
  'backend-unsuited': [
    'No es posible con el backend con el que está montada la bóveda',
    'Bloquéela y móntela con otro backend',
  ],
  cancelled: ['Cancelado', 'Empiece de nuevo cuando quiera'],
  'database-newer': ['Un Lockline más nuevo escribió la base de datos', 'Actualice Lockline'],
  'payload-invalid': ['No se entiende la petición', 'Revise lo que ha escrito'],
  'confirmation-wrong': ['La confirmación no coincide', 'Escriba exactamente lo que se pide'],
  'size-invalid': [
    'Este tamaño no es posible',
    'Indique un tamaño como 512M o 2G, al menos 32 MiB',
  ],
  'sender-refused': ['Petición rechazada: remitente desconocido', 'Abra la ventana de nuevo'],
  internal: ['Algo ha fallado dentro de Lockline', 'Por favor, informe de ello'],
};
